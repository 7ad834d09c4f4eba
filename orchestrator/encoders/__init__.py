"""Text to vectors: the shipped encoders behind one protocol, their weights pinned by digest."""

from orchestrator.encoders.encoder import Encoder
from orchestrator.encoders.shared import EncoderName, load_encoder, load_first

__all__ = ["Encoder", "EncoderName", "load_encoder", "load_first"]
