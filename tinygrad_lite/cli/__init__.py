"""The command line: two networks of the reports, trained on real data, with pictures of what happened.

`network` and `training` are written as any PyTorch script is, and may be read as a first example. Around them:
`settings` (options and their defaults), `preparation` (what must be there before the training starts), `plots` and
`digit_plots` (figures from NumPy arrays), `results` (the files), and `disk` and `mnist`, which put it all together.
"""
