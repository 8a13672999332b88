"""PyTorch as a contestant: JSON lines in, JSON lines out. The commands are those of peers/peer.ts.

Nothing here is slower than a PyTorch user would write it: batches are views of one tensor, the loss stays
a tensor until an epoch is over, and inference runs without autograd.
"""

import ctypes
import json
import math
import re
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


def openblas():
    """PyTorch's OpenBLAS, if that is what it is linked with: the version, the kernels it chose, its threads."""
    with open("/proc/self/maps") as maps:
        paths = sorted(set(re.findall(r"/\S*blas\S*", maps.read())))
    for path in paths:
        if "numpy" in path:  # a wheel of numpy brings one of its own
            continue
        library = ctypes.CDLL(path)
        if hasattr(library, "openblas_get_corename"):
            library.openblas_get_config.restype = library.openblas_get_corename.restype = ctypes.c_char_p
            version = " ".join(library.openblas_get_config().decode().split()[:2])
            return version, library.openblas_get_corename().decode(), library.openblas_get_num_threads()
    return None


def grounds():
    """What products and elementwise operations run on, as the libraries in this process say themselves."""
    about = torch.__config__.show()
    aten = "ATen " + re.search(r"CPU capability usage: (\S+)", about).group(1)
    openmp = torch.get_num_threads()
    if torch.backends.mkl.is_available():
        return dict(kernels=f"MKL, {aten}", threads=f"OpenMP {openmp}")
    try:
        found = openblas()
    except OSError:  # no /proc here
        found = None
    if not found:
        return dict(kernels=f"no OpenBLAS that could be asked, {aten}", threads=f"OpenMP {openmp}")
    version, core, threads = found
    return dict(kernels=f"{version} {core}, {aten}", threads=f"OpenMP {openmp}, OpenBLAS {threads}")


class Contestant:
    def hello(self, _):
        return grounds()

    def load(self, q):
        d, h, o = q["inputDim"], q["hiddenDim"], q["objective"]
        self.x = floats(q["data"], -1, d)
        self.size = q["batchSize"]
        theta = floats(q["parameters"], -1)
        parts = theta.split([d * h, h, h * d, d])
        shapes = [(d, h), (h,), (h, d), (d,)]
        self.theta = [p.reshape(s).clone().requires_grad_() for p, s in zip(parts, shapes)]
        self.rho, self.beta, self.decay = o["sparsityParam"], o["beta"], o["weightDecay"]
        self.code = {"relu": torch.relu, "sigmoid": torch.sigmoid}[o["hiddenActivation"]]
        self.half_sse = {"mse": False, "half-sse": True}[o["reconstruction"]]
        w_enc, b_enc, w_dec, b_dec = self.theta
        groups = [dict(params=[w_enc, w_dec], weight_decay=self.decay), dict(params=[b_enc, b_dec])]
        self.adam = torch.optim.Adam(groups, lr=o["learningRate"], eps=o["epsilon"])
        return {}

    def step(self, x):
        """J, but for the decay of the weights, which is the optimizer's."""
        w_enc, b_enc, w_dec, b_dec = self.theta
        f = self.code(torch.addmm(b_enc, x, w_enc))
        x_hat = torch.sigmoid(torch.addmm(b_dec, f, w_dec))
        error = torch.nn.functional.mse_loss(x_hat, x, reduction="sum" if self.half_sse else "mean")
        loss = (error / (2 * len(x)) if self.half_sse else error) + self.beta * kl(self.rho, f.mean(0))
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.adam.step()
        return loss.detach()

    def steps(self, q):
        """Steps on the rows as they come; J whole, with (λ/2)·(‖W_enc‖² + ‖W_dec‖²) as before the step."""
        losses = []
        for x in self.x.split(self.size)[: q["count"]]:
            weights = sum(w.detach().square().sum().item() for w in self.theta[::2])
            losses.append(self.step(x).item() + self.decay / 2 * weights)
        return dict(losses=losses)

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


def serve(contestant):
    for line in sys.stdin:
        query = json.loads(line)
        try:
            answer = getattr(contestant, query["command"])(query)
        except Exception as error:  # the parent reports it
            answer = dict(error=f"{type(error).__name__}: {error}")
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve(Contestant())
