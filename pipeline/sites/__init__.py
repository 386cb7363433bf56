"""The site model: what a site repeats on pages that tell different stories is template."""
