"""PyTorch training a TopK dictionary: the usual step, or (argument: careful) one that keeps to what is selected.

Both compute f = ReLU of each row's k largest of x·W_enc + b_enc, x̂ = f·W_dec + b_dec, the mean of (x̂ − x)², and Adam.
"""

import sys

import numpy as np
import torch
from pytorch import Contestant, floats, repeat, serve


class Usual(Contestant):
    """As it is written in a paper's code: the code is a matrix, mostly of zeros, and autograd does the rest."""

    decay = 0

    def load(self, q):
        d, h, o = q["inputDim"], q["hiddenDim"], q["objective"]
        self.x = floats(q["data"], -1, d)
        self.size, self.k = q["batchSize"], o["k"]
        w_enc, b_enc, w_dec, b_dec = floats(q["parameters"], -1).split([d * h, h, h * d, d])
        self.theta = [p.clone().requires_grad_() for p in (self.stored(w_enc.reshape(d, h)), b_enc, w_dec.reshape(h, d), b_dec)]
        self.adam = torch.optim.Adam(self.theta, lr=o["learningRate"], eps=o["epsilon"])
        return {}

    def stored(self, w_enc):
        return w_enc

    def selected(self, x):
        w_enc, b_enc = self.theta[:2]
        return torch.addmm(b_enc, x, w_enc).topk(self.k, dim=1, sorted=False)

    def step(self, x):
        _, _, w_dec, b_dec = self.theta
        value, index = self.selected(x)
        f = torch.zeros(len(x), len(w_dec)).scatter(1, index, value.relu())
        loss = torch.nn.functional.mse_loss(torch.addmm(b_dec, f, w_dec), x)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        self.adam.step()
        return loss.detach()

    @torch.no_grad()
    def topk(self, q):
        """The code of all rows by its entries, in batches; what is checked of it goes to the file."""

        def code():
            parts = [self.selected(x) for x in self.x.split(self.size)]
            return torch.cat([value for value, _ in parts]).relu_(), torch.cat([index for _, index in parts])

        seconds, (value, index) = repeat(q["budget"], code)
        weighed = (value.double() * (1 + index % 97)).sum().item()
        lengths = value.double().square().sum(1).sqrt().numpy()
        np.array([(value > 0).sum().item(), weighed, *lengths], dtype="<f4").tofile(q["out"])
        return dict(seconds=seconds)


class Careful(Usual):
    """W_enc by unit; the decoder is an embedding bag, and what W_enc gets a product with a sparse matrix of n·k entries."""

    def stored(self, w_enc):
        return w_enc.t().contiguous()

    def selected(self, x):
        w_enc, b_enc = self.theta[:2]
        with torch.no_grad():
            return torch.addmm(b_enc, x, w_enc.t()).topk(self.k, dim=1, sorted=False)

    def step(self, x):
        w_enc, b_enc, w_dec, b_dec = self.theta
        z, index = self.selected(x)
        f = z.relu_().requires_grad_()
        x_hat = torch.nn.functional.embedding_bag(index, w_dec, mode="sum", per_sample_weights=f) + b_dec
        loss = torch.nn.functional.mse_loss(x_hat, x)
        self.adam.zero_grad(set_to_none=True)
        loss.backward()
        with torch.no_grad():
            dz = (f.grad * (f > 0)).flatten()
            units = index.flatten()
            rows = torch.arange(len(x)).repeat_interleave(self.k)
            dz_t = torch.sparse_coo_tensor(torch.stack([units, rows]), dz, (len(w_enc), len(x)))
            w_enc.grad = torch.sparse.mm(dz_t, x)
            b_enc.grad = torch.zeros_like(b_enc).index_add_(0, units, dz)
            self.adam.step()
        return loss.detach()


serve(Careful() if "careful" in sys.argv else Usual())
