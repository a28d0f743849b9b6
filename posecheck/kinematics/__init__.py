"""From body points to joint angles: cleaning, the view, what each angle means."""
