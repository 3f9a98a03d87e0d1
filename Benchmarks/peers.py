"""What other servers reach, on the scale of the loop with Debian's libvips (= 1.00): taken once, on
two processors at four connections. They are not installed and not measured here; who doubts a
figure runs the server beside this program."""

NOTE = ("× Debian 2, 4 connections. Only the first line was measured in this run. The others' "
        "figures were taken once, on two processors, over the same kind of loop.")

COLUMNS = ["12mp.jpg", "2mp.jpg", "0.3mp.jpg", "2mp.png", "2mp.webp", "icon.png", "2mp.jpg-to-webp",
           "12mp.jpg-to-webp"]
ROWS = {
    "the same loop, largest shrink-on-load": [1.13, 1.40, 1.28],
    "imgproxy": [1.11, 1.53, 1.12, 1.08, 1.00, 0.55, 1.41, 1.09],
    "weserv": [1.11, 1.54, 0.93, 0.92, 0.87, 1.43, 1.54, 1.30],
    "thumbor (Pillow, two processes)": [1.24, 1.75, 1.69, 0.98, 0.43, 2.12, 1.82, 1.49],
    "imaginary": [1.15, 1.15, 0.62, 1.19, 0.77, 0.61, 1.39, 1.18],
    "imagor": [0.62, 0.66, 0.48, 0.28, 0.90, 0.79],
    "nginx image_filter (keeps the format)": [0.14, 0.44, 0.87, 0.94, 0.46, 6.8],
    "vipsthumbnail each": [0.38, 0.26, 0.16, 0.59, 0.38, 0.07],
    "bwrap + vipsthumbnail each": [0.37, 0.24, 0.14, 0.60, 0.37, 0.06],
    "fork each, no sandbox": [0.83, 0.71, 0.54, 0.85, 0.70, 0.38],
}


def rows(found, contender="http-4"):
    """A table: this service as measured, then the others."""
    table = [["", *COLUMNS]]
    ours = ["Glovebox (this run)"]
    for name in COLUMNS:
        figures = found["results"].get(name)
        ours.append(
            f"{figures[contender]['throughput_ratio_debian']['median']:.2f}" if figures else "-")
    table.append(ours)
    for title, values in ROWS.items():
        texts = [f"{value:.2f}" for value in values]
        table.append([title, *texts, *["-"] * (len(COLUMNS) - len(texts))])
    return table
