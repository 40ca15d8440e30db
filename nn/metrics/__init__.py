"""How good predictions are: each measure as a function of arrays, and as an object that gathers over batches."""

from nn.metrics.classification import Accuracy as Accuracy
from nn.metrics.classification import TopKAccuracy as TopKAccuracy
from nn.metrics.classification import accuracy as accuracy
from nn.metrics.classification import top_k_accuracy as top_k_accuracy
from nn.metrics.confusion import F1 as F1
from nn.metrics.confusion import ConfusionMatrix as ConfusionMatrix
from nn.metrics.confusion import Precision as Precision
from nn.metrics.confusion import Recall as Recall
from nn.metrics.confusion import confusion_matrix as confusion_matrix
from nn.metrics.confusion import f1 as f1
from nn.metrics.confusion import precision as precision
from nn.metrics.confusion import recall as recall
from nn.metrics.metric import Mean as Mean
from nn.metrics.metric import Metric as Metric
from nn.metrics.perplexity import Perplexity as Perplexity
from nn.metrics.perplexity import perplexity as perplexity
from nn.metrics.regression import MAE as MAE
from nn.metrics.regression import R2 as R2
from nn.metrics.regression import RMSE as RMSE
from nn.metrics.regression import mae as mae
from nn.metrics.regression import r2 as r2
from nn.metrics.regression import rmse as rmse
