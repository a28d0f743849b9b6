"""How far two takes of the same thing differ: what posecheck's error bars rest on, and whether they hold."""
