"""Divides scikit-learn's handwritten digits into train, val and test."""
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

images, labels = load_digits(return_X_y=True)
rest, test, rest_labels, test_labels = train_test_split(
    images / 16, labels, test_size=0.2, random_state=0, stratify=labels
)
train, val, train_labels, val_labels = train_test_split(
    rest, rest_labels, test_size=0.25, random_state=0, stratify=rest_labels
)
np.savez("train.npz", images=train, labels=train_labels)
np.savez("val.npz", images=val, labels=val_labels)
np.savez("test.npz", images=test, labels=test_labels)
