"""PyTorch as a contestant: JSON lines in, JSON lines out. The commands are those of peers/peer.ts.

Nothing here is slower than a PyTorch user would write it: batches are views of one tensor, the loss stays
a tensor until an epoch is over, and inference runs without autograd.
"""

import json
import math
import sys
import time

import numpy as np
import torch

EDGE = 1 - 1e-3  # beyond this mean activation the objective follows KL's tangent


def floats(path, *shape):
    return torch.from_numpy(np.fromfile(path, dtype="<f4")).reshape(*shape)


def kl(rho, rho_hat):
    slope = -rho / (EDGE + 1e-10) + (1 - rho) / (1 - EDGE + 1e-10)
    r = rho_hat.clamp(max=EDGE)
    curve = rho * torch.log(rho / (r + 1e-10)) + (1 - rho) * torch.log((1 - rho) / (1 - r + 1e-10))
    return (curve + slope * (rho_hat - r)).sum()


class Contestant:
    def hello(self, _):
        return dict(version=torch.__version__, threads=torch.get_num_threads())

    def load(self, q):
        d, h, o = q["inputDim"], q["hiddenDim"], q["objective"]
        self.x = floats(q["data"], -1, d)
        self.size = q["batchSize"]
        theta = floats(q["parameters"], -1)
        parts = theta.split([d * h, h, h * d, d])
        shapes = [(d, h), (h,), (h, d), (d,)]
        self.theta = [p.reshape(s).clone().requires_grad_() for p, s in zip(parts, shapes)]
        self.rho, self.beta = o["sparsityParam"], o["beta"]
        self.adam = torch.optim.Adam(self.theta, lr=o["learningRate"], eps=o["epsilon"])
        return {}

    def step(self, x):
        w_enc, b_enc, w_dec, b_dec = self.theta
        f = torch.relu(torch.addmm(b_enc, x, w_enc))
        x_hat = torch.sigmoid(torch.addmm(b_dec, f, w_dec))
        loss = torch.nn.functional.mse_loss(x_hat, x) + self.beta * kl(self.rho, f.mean(0))
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.adam.step()
        return loss.detach()

    def steps(self, q):
        """Steps on the rows as they come."""
        return dict(losses=[self.step(x).item() for x in self.x.split(self.size)[: q["count"]]])

    def train(self, q):
        """Shuffled epochs over the first `batches` batches of rows."""
        rows = min(q["batches"] * self.size, len(self.x))
        seconds = []
        for epoch in range(-1, q["epochs"]):
            start = time.perf_counter()
            order = torch.randperm(rows).split(self.size)
            if epoch < 0:
                order = order[-q["warmUp"] :]
            loss = sum((self.step(self.x.index_select(0, at)) for at in order), torch.zeros(()))
            if epoch >= 0:
                assert math.isfinite(loss.item()), "the loss is not finite"
                seconds.append(time.perf_counter() - start)
        return dict(seconds=seconds)

    @torch.no_grad()
    def transform(self, q):
        """From the user's numpy array to the user's numpy array."""
        rows = self.x.numpy()
        w, b = (p.detach() for p in self.theta[:2])
        seconds, code = repeat(q["budget"], lambda: torch.addmm(b, torch.from_numpy(rows), w).relu_().numpy())
        code.tofile(q["out"])
        return dict(seconds=seconds)

    @torch.no_grad()
    def gemm(self, q):
        """C = A·B, n×m = n×k · k×m, where A (TN) or B (NT) is stored transposed."""
        n, k, m = q["n"], q["k"], q["m"]
        a = floats(q["a"], k, n).t() if q["form"] == "TN" else floats(q["a"], n, k)
        b = floats(q["b"], m, k).t() if q["form"] == "NT" else floats(q["b"], k, m)
        c = torch.empty(n, m)
        seconds, _ = repeat(q["budget"], lambda: torch.mm(a, b, out=c))
        return dict(seconds=seconds, norm=c.double().norm().item())


def repeat(budget, call):
    """Calls for `budget` seconds, at least once; the times and the last result."""
    seconds = []
    begin = time.perf_counter()
    while len(seconds) < 1 or time.perf_counter() - begin < budget:
        start = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - start)
    return seconds, result


def main():
    contestant = Contestant()
    for line in sys.stdin:
        query = json.loads(line)
        try:
            answer = getattr(contestant, query["command"])(query)
        except Exception as error:  # the parent reports it
            answer = dict(error=f"{type(error).__name__}: {error}")
        print(json.dumps(answer), flush=True)


main()
