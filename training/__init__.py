"""Scripts that train the weights of the learned judge from labelled data. Nothing of the pipeline needs them."""
