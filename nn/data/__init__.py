"""Data for training: datasets, loaders that shuffle and prefetch, windows over time series, real data that need no network."""

from nn.data.bundled import breast_cancer as breast_cancer
from nn.data.bundled import co2 as co2
from nn.data.bundled import diabetes as diabetes
from nn.data.bundled import digits as digits
from nn.data.bundled import iris as iris
from nn.data.bundled import sunspots as sunspots
from nn.data.bundled import wine as wine
from nn.data.collating import collate as collate
from nn.data.datasets import ArrayDataset as ArrayDataset
from nn.data.datasets import Dataset as Dataset
from nn.data.datasets import Subset as Subset
from nn.data.datasets import random_split as random_split
from nn.data.loader import DataLoader as DataLoader
from nn.data.preparing import Standardize as Standardize
from nn.data.preparing import train_test_split as train_test_split
from nn.data.sampling import WeightedSampler as WeightedSampler
from nn.data.sequences import TimeSeries as TimeSeries
from nn.data.sequences import streams as streams
from nn.data.sequences import windows as windows
from nn.data.workers import WorkerError as WorkerError
