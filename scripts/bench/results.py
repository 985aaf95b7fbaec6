"""What was measured: kept in memory, and in a file after each measurement, so that a run that ends early is not lost."""
import json
import statistics
import sys


class Results:
    """Rows of figures. Each belongs to a model (a row of the table) and a system (what was measured of it)."""

    def __init__(self, file):
        self.file, self.rows = file, []

    def keep(self, model, system, **found):
        self.rows.append({"model": model, "system": system, **found})
        print(json.dumps(self.rows[-1]), file=sys.stderr, flush=True)
        self.file.write_text(json.dumps(self.rows, indent=1))

    def find(self, model, system, **where):
        return [row for row in self.rows
                if row["model"] == model and row["system"] == system and all(row.get(key) == value for key, value in where.items())]

    def values(self, model, system, figure, **where):
        return [row[figure] for row in self.find(model, system, **where) if row.get(figure) is not None]

    def median(self, model, system, figure, **where):
        """None if nothing was measured."""
        values = self.values(model, system, figure, **where)
        return statistics.median(values) if values else None


def ratio(ours, theirs):
    """None if either is missing."""
    return None if ours is None or not theirs else ours / theirs


def table(columns, lines):
    """A table in Markdown. Cells are text, or None for none; a column in which no line has a cell is left out."""
    lines = [["" if cell is None else str(cell) for cell in line] for line in lines]
    kept = [i for i in range(len(columns)) if not lines or any(line[i] for line in lines)]
    widths = {i: max(len(line[i]) for line in [list(columns), *lines]) for i in kept}
    shown = [[line[i].ljust(widths[i]) for i in kept] for line in [list(columns), *lines]]
    shown.insert(1, ["-" * widths[i] for i in kept])
    return "".join("| " + " | ".join(line) + " |\n" for line in shown)


def number(value, digits=1):
    return None if value is None else f"{value:.{digits}f}"
