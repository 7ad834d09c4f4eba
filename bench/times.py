"""Times as they are reported: median, 95th percentile and worst."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

RESULTS = Path(__file__).parent / "results" / "latest.json"


def percentiles(values: Sequence[float], unit: str = "ms") -> dict[str, float]:
    """Of values in that unit."""
    return {
        f"p50_{unit}": round(statistics.median(values), 2),
        f"p95_{unit}": round(statistics.quantiles(values, n=20, method="inclusive")[-1], 2),
        f"max_{unit}": round(max(values), 2),
    }


@dataclass(frozen=True)
class Times:
    """Milliseconds of the clock on the wall and of the processor."""

    wall: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])

    def add(self, wall: float, cpu: float) -> None:
        """In seconds."""
        self.wall.append(1000 * wall)
        self.cpu.append(1000 * cpu)

    def summary(self) -> dict[str, object]:
        """Both."""
        return {"turns": len(self.wall), "wall": percentiles(self.wall), "cpu": percentiles(self.cpu)}

    def beside(self, floor: "Times") -> dict[str, object]:
        """What the medians add to the floor's."""
        return {
            "added_wall_p50_ms": round(statistics.median(self.wall) - statistics.median(floor.wall), 2),
            "added_cpu_p50_ms": round(statistics.median(self.cpu) - statistics.median(floor.cpu), 2),
        }
