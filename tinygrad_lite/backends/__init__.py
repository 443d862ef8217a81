"""The settings of PyTorch's page torch.backends. They are kept and read back; nothing here depends on them."""

from . import cuda as cuda, cudnn as cudnn, mkldnn as mkldnn, mps as mps
