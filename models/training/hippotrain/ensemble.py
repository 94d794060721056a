"""Several networks as one: their mean probability, given as its logarithm so that softmax brings it back unchanged."""

import torch
from torch import nn

SMALLEST = 1e-7


class Ensemble(nn.Module):
    """[batch, 1, X, Y, Z] -> log of the members' mean probability [batch, 3, X, Y, Z]."""

    def __init__(self, members):
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, intensities):
        if len(self.members) == 1:
            return self.members[0](intensities)
        mean = sum(torch.softmax(member(intensities), 1) for member in self.members) / len(self.members)
        return torch.log(mean.clamp(min=SMALLEST))
