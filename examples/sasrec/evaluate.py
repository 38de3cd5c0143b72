"""Ranks the query pairs of test with a trained model."""
import torch

from sasrec import SASRec, write_rows

saved = torch.load("model")
model = SASRec(**saved["settings"])
model.load_state_dict(saved["model"])
write_rows("ranks.jsonl", model.rank_queries("test"))
