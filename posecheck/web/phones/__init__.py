"""A phone as the camera: the door in the network, invitations, certificates."""
