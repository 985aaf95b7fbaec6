from torchvision.models.resnet import Bottleneck, ResNet


class Net(ResNet):
    def __init__(self):
        super().__init__(Bottleneck, [3, 4, 6, 3])
