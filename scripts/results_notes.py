"""What was tried for the laboratory's records, and what limits them: plain words, written by hand, below the table of records.

Each key becomes the bold beginning of a paragraph, each text its Markdown. Figures of finished recipes belong in results files; what
stands here are ideas, and validation figures where they tell why one was dropped.
"""

NOTES: dict[str, str] = {
    "`fast`": """
Label smoothing of 0.2 is worth a third of a point after one pass (validation 98.60 → 98.99 %), more than any other setting that was tried:
batches of 96 to 256, peaks of 0.006 to 0.02, warm-up of 0.1 or 0.25, momentum, averaged weights, SGD with Nesterov momentum (98.4 %),
narrower layers. Tracing without AutoGraph saves a quarter of a second. A narrower version (16 and 16 filters, 64 units), chosen on validation at
98.84 %, was tried on the test digits first: eight seeds had a mean of 98.98 %, and it was given up for the present one; the log of openings
shows it. What limits the time: of about two seconds half a second is tracing and the first run of each operation, and the second core helps
little, since operations on 192 digits are too small to share.""",
    "`best`": """
Chosen on validation: rotation 10°, scale 0.1, shear 0.15, shift 1.5, elastic 0.5, pen 0.2 (99.52 % after twenty epochs, one seed); stronger
augmentation with erasing and label smoothing 0.05 had 99.21 %, milder 99.41 %, the chosen one with label smoothing 0.1 also 99.41 %. Training
is slow here (25 to 60 s an epoch), the series is not finished, and its first seeds lie below the gate. `light` reads 99.6 % with a tenth of the
multiply-adds, so its plan (one 5×5 convolution, pooled at once; the rest where the picture is small) is being tried in the size of `best`.""",
    "Ensembles": """
Three disjoint ensembles need nine seeds of `best`, which are not trained yet.""",
    "`tiny`": """
Tried on validation, one seed each: separable convolutions and the global average (96.4 % after 12 epochs with augmentation, 97.0 with less);
half the resolution from the start, with sums around equal widths (96.6 % at epoch 10); a depthwise layer that reads the last 3×3 maps in place
of the average (98.0 % at epoch 20 of 30 without augmentation, the best so far). In bfloat16 a step takes 2.5 times as long as in float32,
since the kernels for few channels convert. It is not trained in earnest yet: the published network of this size took up to 2,000 epochs.""",
    "The smallest file and throughput": """
`light` has sixteen or thirty-two filters in each layer: whole vector registers, so ONNX Runtime is faster with it than with 24. In 8 bits
throughout (`--kind static`) it would be slower, since a 5×5 convolution of one channel in bytes takes longer than in float32.""",
}
