from torchvision.models.vgg import VGG, cfgs, make_layers


class Net(VGG):
    def __init__(self):
        super().__init__(make_layers(cfgs["D"]))
