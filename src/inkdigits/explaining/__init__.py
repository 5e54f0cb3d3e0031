"""Why an answer: `occlusion` finds what spoke for and against it, `neighbours` the training digits that look like it."""
