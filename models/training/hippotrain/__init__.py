"""HippoVolume's model: curate, fold, train, test and export a 3D U-Net for the left hippocampus.

Frame everywhere in this package: RAS arrays [x, y, z], index growing towards Right, Anterior, Superior; millimetres.
"""

import os

__version__ = "0.1.0"

# ONNX Runtime reports to its makers unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
