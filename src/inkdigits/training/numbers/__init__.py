"""The training of the network that reads whole numbers: strips of synthetic pages, labels, network, loss and loop."""
