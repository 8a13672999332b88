"""One dictionary trained by PyTorch's autograd and Adam: what run.ts compares this library's with.

Reads a job as JSON from stdin: options (those of the library), train and judge (files of float32 rows), rows, judged,
epochs, batchSize, decoderBias, start (names of θ's parts; path of the file that has them end to end), rates and betas
(learning rate and β of each step; null for betas where none is steered). Batches are the rows as they come.
Writes { l0, fvu, deadUnits, seconds } as JSON; dead are the units that no row of train excites.

The formulas are those of test/fixtures/pytorch_kinds.py and pytorch_selected.py, in float32 and as fast as they are
simply written.
"""

import json
import math
import sys
import time

import torch

job = json.load(sys.stdin)
o = job["options"]
d, h = o["inputDim"], o["hiddenDim"]
kind, penalty = o["hiddenActivation"], o["penalty"]
torch.set_flush_denormal(True)


SYMBOLS = dict(encoderWeight="W_enc", encoderBias="b_enc", decoderWeight="W_dec", decoderBias="b_dec")


def floats(path):
    return torch.frombuffer(bytearray(open(path, "rb").read()), dtype=torch.float32)


def rectangle(u):
    return ((u > -0.5) & (u < 0.5)).float()


class JumpReLU(torch.autograd.Function):
    """z·1[z > θ]"""

    @staticmethod
    def forward(ctx, z, threshold):
        ctx.save_for_backward(z, threshold)
        return z * (z > threshold)

    @staticmethod
    def backward(ctx, grad):
        z, threshold = ctx.saved_tensors
        near = rectangle((z - threshold) / o["bandwidth"])
        return (z > threshold) * grad, (-threshold / o["bandwidth"] * near * grad).sum(0)


class Step(torch.autograd.Function):
    """1[z > θ], with a gradient for θ alone."""

    @staticmethod
    def forward(ctx, z, threshold):
        ctx.save_for_backward(z, threshold)
        return (z > threshold).float()

    @staticmethod
    def backward(ctx, grad):
        z, threshold = ctx.saved_tensors
        near = rectangle((z - threshold) / o["bandwidth"])
        return None, (-1 / o["bandwidth"] * near * grad).sum(0)


def keep(z, count):
    """Each row's `count` largest, if above 0."""
    values, places = z.topk(min(count, z.shape[1]), dim=1, sorted=False)
    return torch.zeros_like(z).scatter(1, places, values.relu())


tau = 0.0


def code(x, training):
    """F, Z and ReLU of the gate; S's argument and β·S are the caller's."""
    z = (x - p["b_dec"] if o["preBias"] else x) @ p["W_enc"]
    if kind == "gated":
        m = z * p["magnitudeScale"].exp() + p["magnitudeBias"]
        z = z + p["b_enc"]
        return (z > 0) * m.relu(), z, z.relu()
    z = z + p["b_enc"]
    if kind == "topk":
        return keep(z, o["k"]), z, None
    if kind == "batch-topk":
        if training:
            return keep(z.reshape(1, -1), len(z) * o["k"]).reshape(z.shape), z, None
        return z * (z > tau), z, None
    if kind == "jumprelu":
        return JumpReLU.apply(z, p["logThreshold"].exp()), z, None
    return z.relu(), z, None


def sparsity(f, z, gate):
    n = len(f)
    if penalty == "l1":
        return (f if gate is None else gate).sum() / n
    if penalty == "weighted-l1":
        return ((f if gate is None else gate) * p["W_dec"].norm(dim=1)).sum() / n
    if penalty == "l0":
        return Step.apply(z, p["logThreshold"].exp()).sum() / n
    return 0


x, judge = floats(job["train"]).reshape(job["rows"], d), floats(job["judge"]).reshape(job["judged"], d)
shapes = dict(W_enc=(d, h), W_dec=(h, d), b_dec=(d,))
theta = floats(job["start"]["path"])
p = {}
for name in job["start"]["names"]:
    symbol = SYMBOLS.get(name, name)
    shape = shapes.get(symbol, (h,))
    size = math.prod(shape)
    p[symbol], theta = theta[:size].reshape(shape).clone(), theta[size:]
if job["decoderBias"] == "mean":
    p["b_dec"] = x.mean(0)
for value in p.values():
    value.requires_grad_()
adam = torch.optim.Adam(p.values(), lr=o["learningRate"], betas=(o["beta1"], o["beta2"]), eps=o["epsilon"])
aux = o.get("auxK")
silent = torch.zeros(h)
step = 0
begin = time.perf_counter()
for _ in range(job["epochs"]):
    for batch in x.split(job["batchSize"]):
        f, z, gate = code(batch, True)
        y = f @ p["W_dec"] + p["b_dec"]
        loss = ((y - batch) ** 2).mean()
        if job["betas"] is not None:
            loss = loss + job["betas"][step] * sparsity(f, z, gate)
        if gate is not None:
            loss = loss + ((gate @ p["W_dec"].detach() + p["b_dec"].detach() - batch) ** 2).mean()
        dead = silent >= aux["deadAfter"] if aux else None
        if aux and dead.any():
            error = (batch - y).detach()
            loss = loss + aux["coefficient"] * ((keep(z[:, dead], aux["k"]) @ p["W_dec"][dead] - error) ** 2).mean()
        adam.param_groups[0]["lr"] = job["rates"][step]
        adam.zero_grad()
        loss.backward()
        with torch.no_grad():
            if o["unitNorm"]:
                w, g = p["W_dec"], p["W_dec"].grad
                g -= (g * w).sum(1, keepdim=True) * w
            adam.step()
            if o["unitNorm"]:
                p["W_dec"] /= p["W_dec"].norm(dim=1, keepdim=True)
            silent = torch.where((f > 0).any(0), torch.zeros(()), silent + len(batch))
            if kind == "batch-topk":
                tau = 0.99 * tau + 0.01 * f[f > 0].min().item()
        step += 1
seconds = time.perf_counter() - begin

with torch.no_grad():
    active, error = 0, 0.0
    for batch in judge.split(4096):
        f, _, _ = code(batch, False)
        active += (f != 0).sum().item()
        error += ((f @ p["W_dec"] + p["b_dec"] - batch).double() ** 2).sum().item()
    spread = ((judge.double() - judge.double().mean(0)) ** 2).sum().item()
    used = torch.zeros(h, dtype=torch.bool)
    for batch in x.split(4096):
        used |= (code(batch, False)[0] != 0).any(0)
print(json.dumps(dict(l0=active / len(judge), fvu=error / spread, deadUnits=int((~used).sum()), seconds=seconds)))
