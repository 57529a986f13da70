"""What expressions evaluate to, from the facts of all files."""

from archlint.project.inference.inference import Inference

__all__ = ["Inference"]
