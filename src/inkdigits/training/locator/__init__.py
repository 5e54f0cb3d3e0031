"""The locator's training: synthetic pages, targets, network, losses and loop."""
