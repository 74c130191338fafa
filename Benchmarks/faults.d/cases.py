"""The faults: how long each lasts, and what happens in it."""

import random
import time


class Case:
    """`rate` messages a second for `before`, the fault, and `after`, all in seconds. In a fault
    that `may_lose`, the collector ends with bytes unread that its kernel has acknowledged. Senders
    run side by side, each on a network of its own, unless the case is `heavy`."""

    def __init__(self, title, act, rate=500, before=2, during=10, after=4, may_lose=False,
                 heavy=False):
        self.title, self.act, self.rate = title, act, rate
        self.before, self.during, self.after = before, during, after
        self.may_lose, self.heavy = may_lose, heavy

    @property
    def messages(self):
        return int(self.rate * (self.before + self.during + self.after))


def while_it_lasts(**policy):
    """The wire does this for the time of the fault, and then nothing of the kind."""
    clean = {key: False if value is True else 0 for key, value in policy.items()}
    if "largest" in policy:
        clean["largest"] = 1 << 16

    def act(trial, case):
        trial.network.policy(**policy)
        time.sleep(case.during)
        trial.network.policy(**clean)

    return act


def link_down(trial, case):
    trial.network.ip_near("link set tun0 down")
    time.sleep(case.during)
    trial.network.ip_near("link set tun0 up")


def address_changes(trial, _):
    # What is under way is lost, the delayed acknowledgement included: nobody has its address.
    trial.network.policy(drop=True)
    trial.network.ip_near("addr del 10.77.0.1/24 dev tun0")
    trial.network.ip_near("addr add 10.77.0.3/24 dev tun0")
    time.sleep(0.3)
    trial.network.policy(drop=False)


def repeatedly(what):
    """Once a second, the first time at once."""
    def act(trial, case):
        begin = time.monotonic()
        for second in range(case.during):
            time.sleep(max(begin + second - time.monotonic(), 0))
            what(trial)
    return act


KILLS = 20


def kills(trial, case):
    """At random moments; a moment that comes while the collector starts waits for that."""
    choice = random.Random(trial.seed)
    begin = time.monotonic()
    for moment in sorted(choice.uniform(0, case.during) for _ in range(KILLS)):
        time.sleep(max(begin + moment - time.monotonic(), 0))
        trial.collector.kill()
        trial.collector.start()


CASES = {
    "loss-1": Case("1 % of the packets lost, 10 s", while_it_lasts(loss=0.01)),
    "loss-5": Case("5 % of the packets lost, 10 s", while_it_lasts(loss=0.05)),
    "delay": Case("300 ms in each direction, 10 s", while_it_lasts(delay=0.3)),
    "reorder": Case("10 % of the packets overtaken, 10 s", while_it_lasts(reorder=0.1)),
    "black-hole": Case("everything dropped, 60 s", while_it_lasts(drop=True), rate=200, during=60),
    "mtu": Case("packets above 1,000 bytes dropped, 20 s", while_it_lasts(largest=1000),
                during=20),
    "rst": Case("5 connections reset on the way",
                repeatedly(lambda trial: trial.network.policy(reset=True)), during=5),
    "reset": Case("5 times reset by the collector",
                  repeatedly(lambda trial: trial.collector.reset_connections()), during=5,
                  may_lose=True),
    "link": Case("the sender's link down, 5 s", link_down, during=5),
    "address": Case("the sender gets another address", address_changes, during=0),
    "killed": Case(f"collector killed {KILLS} times, 2,000 messages a second", kills, rate=2000,
                   during=16, may_lose=True, heavy=True),
}
