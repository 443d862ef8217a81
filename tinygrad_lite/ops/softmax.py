from ._draft import log_softmax, softmax, logsumexp  # temporary
