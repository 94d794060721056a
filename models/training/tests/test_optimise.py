"""Muon: steps with equal singular values, weights that keep their length, and a state that survives an interruption."""

import copy
import unittest

import torch

from hippotrain.network import UNet3D
from hippotrain.optimise import Muon, orthogonalise, split_parameters


class Optimise(unittest.TestCase):
    def test_orthogonalising_brings_the_singular_values_near_one_and_keeps_the_directions(self):
        torch.manual_seed(1)
        for shape in ((16, 432), (64, 27)):
            matrix = torch.randn(shape) @ torch.diag(torch.logspace(0, -1.5, shape[1]))
            step = orthogonalise(matrix)
            values = torch.linalg.svdvals(step)
            self.assertLess(float(values.max()), 1.3)
            self.assertGreater(float(values.min()), 0.3)
            u, _, vt = torch.linalg.svd(matrix, full_matrices=False)
            nearest = u @ vt
            alike = float((step * nearest).sum() / (step.norm() * nearest.norm()))
            self.assertGreater(alike, 0.97)

    def test_a_step_turns_a_weight_against_its_gradient_and_keeps_its_length(self):
        torch.manual_seed(2)
        weight = torch.nn.Parameter(torch.randn(8, 4, 3, 3, 3))
        before = weight.detach().clone()
        (weight * before).sum().backward()
        Muon([weight], lr=0.05).step()
        torch.testing.assert_close(weight.norm(), before.norm())
        self.assertLess(float((weight.detach() * before).sum()), float((before * before).sum()))

    def test_every_parameter_has_exactly_one_optimiser(self):
        network = UNet3D((4, 8, 8, 8))
        normed, others = split_parameters(network)
        self.assertEqual(len(normed) + len(others), len(list(network.parameters())))
        self.assertTrue(all(weight.dim() == 5 for weight in normed))
        self.assertFalse({id(w) for w in normed} & {id(w) for w in others})
        self.assertIn(id(network.head.weight), {id(weight) for weight in others})

    def test_a_resumed_state_takes_the_same_steps(self):
        torch.manual_seed(3)
        first = torch.nn.Parameter(torch.randn(4, 3, 3, 3, 3))
        gradients = [torch.randn_like(first) for _ in range(4)]
        optimiser = Muon([first])
        for index, gradient in enumerate(gradients):
            if index == 2:
                second = torch.nn.Parameter(first.detach().clone())
                resumed = Muon([second])
                resumed.load_state_dict(copy.deepcopy(optimiser.state_dict()))
            first.grad = gradient
            optimiser.step()
            if index >= 2:
                second.grad = gradient
                resumed.step()
        torch.testing.assert_close(first, second)


if __name__ == "__main__":
    unittest.main()
