"""Programs for those who keep the plans: lay out diagrams, render pictures. The product does not import them."""
