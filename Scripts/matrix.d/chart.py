"""The chart: bytes on flash, our binary and the libraries that it needs, a bar for each build."""

from common import BUILDS, LIBRARIES
from xml.sax.saxutils import escape

WIDTH, LEFT, RIGHT = 860, 230, 96
TOP, BAR, STEP, HEADING, GAP = 104, 22, 34, 30, 16
SEGMENTS = [
    # (class, words of the legend, light, dark)
    ("program", "our binary", "#1f6feb", "#6cb6ff"),
    ("tls", "TLS library", "#bc4c00", "#f0883e"),
    ("needs", "what that needs", "#8250df", "#c297ff"),
    ("runtime", "C++ runtime of ordinary Swift", "#57606a", "#8b949e"),
]
HEADINGS = {"": "Embedded Swift", "-archive": "Embedded Swift, the library's archive linked in",
            "-static": "Ordinary Swift, its runtime linked in"}
TLS = ("libssl.", "libcrypto.", "libgnutls.", "libmbedtls.", "libmbedx509.", "libmbedcrypto.")
RUNTIME = ("libstdc++.", "libgcc_s.")

STYLE = """
  text { font: 13px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; }
  .paper { fill: #ffffff; } .ink { fill: #1f2328; } .quiet { fill: #57606a; }
  .grid { stroke: #d0d7de; } .title { font-size: 17px; font-weight: 600; }
  .heading { font-weight: 600; stroke: #ffffff; stroke-width: 6px; paint-order: stroke; }
  .number { font-variant-numeric: tabular-nums; }
"""
DARK = """
  .paper { fill: #0d1117; } .ink { fill: #e6edf3; } .quiet { fill: #9198a1; }
  .grid { stroke: #30363d; } .heading { stroke: #0d1117; }
"""


def parts(build, sizes):
    """The bytes of a build by segment. What an archive takes of the binary is what the binary is
    larger than the same one that loads its library."""
    size, plain = sizes[build.name], sizes.get(build.backend)
    bytes_of = {"program": size["program"], "tls": 0, "needs": 0, "runtime": 0}
    if build.variant == "-archive" and plain:
        bytes_of["tls"] = max(size["program"] - plain["program"], 0)
        bytes_of["program"] -= bytes_of["tls"]
    for entry in size["libraries"]:
        if entry["libc"]:
            continue
        kind = ("tls" if entry["name"].startswith(TLS)
                else "runtime" if entry["name"].startswith(RUNTIME) else "needs")
        bytes_of[kind] += entry["bytes"]
    return bytes_of


def megabytes(number):
    return f"{number / 1e6:.2f} MB"


def draw(sizes):
    """The whole file. It depends on the sizes alone, so it is the same for the same builds."""
    groups = [(heading, [build for build in BUILDS
                         if build.variant == variant and build.name in sizes])
              for variant, heading in HEADINGS.items()]
    groups = [(heading, builds) for heading, builds in groups if builds]
    largest = max(size["flash"] for size in sizes.values())
    scale = (WIDTH - LEFT - RIGHT) / largest
    height = TOP + sum(HEADING + STEP * len(builds) + GAP for _, builds in groups) + 24
    body, y = [], TOP
    for heading, builds in groups:
        body.append(text(24, y + 16, heading, "heading ink"))
        y += HEADING
        for build in builds:
            body += bar(build, sizes, y, scale)
            y += STEP
        y += GAP
    return "\n".join([*opening(height), *axis(largest, scale, y), *body, "</svg>", ""])


def opening(height):
    colours = "".join(f"  .{name} {{ fill: {light}; }}\n" for name, _, light, _ in SEGMENTS)
    night = "".join(f"  .{name} {{ fill: {dark}; }}\n" for name, _, _, dark in SEGMENTS)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">',
        '<title id="title">Bytes on flash: our binary and the libraries it needs</title>',
        "<!-- Made by make matrix (Scripts/matrix.d/chart.py) -->",
        f"<style>{STYLE}{colours}@media (prefers-color-scheme: dark) {{{DARK}{night}}}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}" rx="8"/>',
        text(24, 34, "On flash: our binary and the libraries it needs, without libc", "title ink"),
    ]
    x = 24
    for name, words, _, _ in SEGMENTS:
        lines.append(f'<rect class="{name}" x="{x}" y="52" width="14" height="14" rx="2"/>')
        lines.append(text(x + 20, 64, words, "ink"))
        x += 46 + 7 * len(words)
    return lines


def axis(largest, scale, bottom):
    """A line for every two megabytes."""
    lines = []
    for million in range(0, int(largest / 1e6) + 1, 2):
        x = round(LEFT + million * 1e6 * scale, 1)
        lines.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{TOP - 8}" y2="{bottom - GAP}"/>')
        lines.append(text(x, bottom + 4, f"{million} MB", "quiet", "middle"))
    return lines


def bar(build, sizes, y, scale):
    lines = [text(LEFT - 10, y + 16, LIBRARIES[build.backend].replace("none", "no TLS"), "ink",
                  "end")]
    x, bytes_of = float(LEFT), parts(build, sizes)
    for name, words, _, _ in SEGMENTS:
        width = bytes_of[name] * scale
        if width > 0:
            lines.append(
                f'<rect class="{name}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{BAR}">'
                f"<title>{escape(words)}: {bytes_of[name]:,} bytes</title></rect>")
        x += width
    lines.append(text(round(x + 8, 1), y + 16, megabytes(sizes[build.name]["flash"]), "ink number"))
    return lines


def text(x, y, words, classes, anchor="start"):
    return (f'<text class="{classes}" x="{x}" y="{y}" text-anchor="{anchor}">'
            f"{escape(words)}</text>")
