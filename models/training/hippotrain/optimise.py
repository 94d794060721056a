"""Muon for the convolutions, AdamW for the rest.

A convolution followed by instance norm gives the same output whatever the length of its filter bank, so only the direction of a step
matters. Muon (Jordan et al. 2024) takes the momentum of the gradient as a matrix [outputs, inputs x 27] and replaces it by the nearest
matrix with equal singular values: every direction in which the filters can change gets its share, not only the few that the gradient
is full of. In ten epochs it gets where AdamW gets in about twenty (REPORT.md).
"""

import math

import torch

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


def orthogonalise(matrix, rounds=5):
    """[rows, columns] -> about the same singular vectors with singular values near 1 (between 0.7 and 1.2)."""
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(rounds):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon(torch.optim.Optimizer):
    """For weights [outputs, ...] in front of a normalisation. `lr` is the step as a share of the weight's own length, which is kept."""

    def __init__(self, parameters, lr=0.05, momentum=0.9):
        super().__init__(list(parameters), {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for weight in group["params"]:
                if weight.grad is None:
                    continue
                state = self.state[weight]
                if not state:
                    state["momentum"] = torch.zeros_like(weight)
                    state["length"] = weight.norm()
                gradient = weight.grad
                state["momentum"].lerp_(gradient, 1 - group["momentum"])
                ahead = gradient.lerp(state["momentum"], group["momentum"])
                step = orthogonalise(ahead.flatten(1)).view_as(weight)
                share = group["lr"] * state["length"] / math.sqrt(min(weight.shape[0], weight[0].numel()))
                weight.sub_(step * share)
                weight.mul_(state["length"] / weight.norm())


def split_parameters(network):
    """(weights of convolutions with instance norm behind them, all other parameters)."""
    normed = [weight for name, weight in network.named_parameters() if name.startswith(("down", "up")) and weight.dim() == 5]
    chosen = {id(weight) for weight in normed}
    return normed, [weight for weight in network.parameters() if id(weight) not in chosen]
