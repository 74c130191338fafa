"""The chart of Scripts/storm: attempts and connected routers, second by second."""

from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT, HEIGHT, TOP, GAP = 860, 70, 24, 150, 70, 60
SPAN = 600  # Seconds after the outage.
STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
  .paper { fill: #ffffff; } .ink { fill: #1f2328; } .quiet { fill: #57606a; }
  .grid { stroke: #d0d7de; } .title { font-size: 17px; font-weight: 600; }
  .attempts { stroke: #bc4c00; fill: none; } .connected { stroke: #1f6feb; fill: none; }
"""
DARK = """
  .paper { fill: #0d1117; } .ink { fill: #e6edf3; } .quiet { fill: #9198a1; }
  .grid { stroke: #30363d; } .attempts { stroke: #f0883e; } .connected { stroke: #6cb6ff; }
"""


def draw(curves):
    height = TOP + len(curves) * (HEIGHT + GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">',
        '<title id="title">100,000 routers after an outage of their collectors</title>',
        "<!-- Made by Scripts/storm -->",
        f"<style>{STYLE}@media (prefers-color-scheme: dark) {{{DARK}}}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        text(24, 34, "100,000 routers when their collectors are back, second by second",
             "title ink"),
        text(24, 54, "orange: attempts to connect in each second; blue: routers connected",
             "quiet"),
    ]
    largest = max(second[0] for _, seconds in curves for second in seconds)
    for place, (title, seconds) in enumerate(curves):
        lines += panel(title, seconds[:SPAN], TOP + place * (HEIGHT + GAP), largest)
    return "\n".join([*lines, "</svg>", ""])


def panel(title, seconds, top, largest):
    bottom = top + 24 + HEIGHT
    peak = max(second[0] for second in seconds)
    lines = [text(24, top + 14, f"{title}: {peak:,} attempts/s at most", "ink")]
    for second in range(0, SPAN + 1, 60):
        x = across(second)
        lines.append(f'<line class="grid" x1="{x}" y1="{top + 24}" x2="{x}" y2="{bottom}"/>')
        lines.append(text(x - 8, bottom + 16, f"{second}", "quiet"))
    lines.append(curve([second[0] / largest for second in seconds], bottom, "attempts"))
    lines.append(curve([second[3] / 100000 for second in seconds], bottom, "connected"))
    return lines


def across(second):
    return round(LEFT + second * (WIDTH - LEFT - RIGHT) / SPAN, 1)


def curve(shares, bottom, name):
    points = " ".join(f"{across(second)},{bottom - share * HEIGHT:.1f}"
                      for second, share in enumerate(shares))
    return f'<polyline class="{name}" stroke-width="1.5" points="{points}"/>'


def text(x, y, words, name):
    return f'<text class="{name}" x="{x}" y="{y}">{escape(words)}</text>'
