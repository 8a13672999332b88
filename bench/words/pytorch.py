"""The model of `npm run words` in PyTorch, as a user of it would write it: rows and θ in, θ and seconds out.

    python3 pytorch.py rows.f32 start.f32 end.f32 '{"d": 100, "h": 1024, "k": 16, "steps": 2000, "batch": 1024,
        "learningRate": 0.001, "decaySteps": 0, "auxK": 50, "deadAfter": 20480, "preBias": false, "decode": "dense"}'

θ is W_enc (d × h), b_enc, W_dec (h × d), b_dec, one after the other. The rows are prepared and b_dec stands where it shall
start. Only the steps are timed.
"""

import json
import sys
import time

import numpy as np
import torch

rows_path, start_path, end_path, options = sys.argv[1:]
o = json.loads(options)
d, h, k, batch, steps = o["d"], o["h"], o["k"], o["batch"], o["steps"]
torch.manual_seed(o.get("seed", 1))

x_all = torch.from_numpy(np.fromfile(rows_path, dtype="<f4")).reshape(-1, d)
theta = torch.from_numpy(np.fromfile(start_path, dtype="<f4"))
shapes = [(d, h), (h,), (h, d), (d,)]
w_enc, b_enc, w_dec, b_dec = parameters = [
    p.reshape(s).clone().requires_grad_() for p, s in zip(theta.split([d * h, h, h * d, d]), shapes)
]
adam = torch.optim.Adam(parameters, lr=o["learningRate"], eps=1e-7, foreach=True)
silent_for = torch.zeros(h, dtype=torch.long)


def decode(values, at, weight):
    """F·W_dec: from F written out, or only from the rows of W_dec that are active; the faster one is to be used."""
    if o["decode"] == "dense":
        return torch.zeros(len(values), len(weight)).scatter(1, at, values) @ weight
    return torch.nn.functional.embedding_bag(at, weight, per_sample_weights=values, mode="sum")


def step(x):
    z = torch.addmm(b_enc, x - b_dec if o["preBias"] else x, w_enc)
    values, at = z.topk(k, dim=1, sorted=False)
    values = torch.relu(values)
    x_hat = decode(values, at, w_dec) + b_dec
    loss = torch.nn.functional.mse_loss(x_hat, x)
    dead = (silent_for >= o["deadAfter"]).nonzero().flatten()
    if len(dead):
        aux, aux_at = z[:, dead].topk(min(o["auxK"], len(dead)), dim=1, sorted=False)
        e_hat = decode(torch.relu(aux), aux_at, w_dec[dead])
        loss = loss + torch.nn.functional.mse_loss(e_hat, (x - x_hat).detach()) / 32
    adam.zero_grad(set_to_none=True)
    loss.backward()
    with torch.no_grad():
        w_dec.grad.sub_((w_dec.grad * w_dec).sum(1, keepdim=True) * w_dec)
        adam.step()
        w_dec.div_(w_dec.norm(dim=1, keepdim=True))
        silent_for.add_(len(x))
        silent_for[at[values > 0]] = 0
    return loss.detach()


start = time.perf_counter()
done = 0
while done < steps:
    total = torch.zeros(())
    for at in torch.randperm(len(x_all)).split(batch):
        left = steps - done
        rate = o["learningRate"] * (min(1, left / o["decaySteps"]) if o["decaySteps"] else 1)
        for group in adam.param_groups:
            group["lr"] = rate
        total += step(x_all.index_select(0, at))
        done += 1
        if done == steps:
            break
    assert torch.isfinite(total), "the loss is not finite"
seconds = time.perf_counter() - start

np.concatenate([p.detach().numpy().ravel() for p in parameters]).astype("<f4").tofile(end_path)
print(json.dumps(dict(seconds=seconds, threads=torch.get_num_threads(), version=torch.__version__)))
