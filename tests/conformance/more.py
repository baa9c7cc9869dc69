"""Cases that PyTorch's databases do not have: modules, schedulers and initialisers."""

import torch


def weight_norm(in_features, out_features, bias=True, dim=0):
    return torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(in_features, out_features, bias), dim=dim)


def spectral_norm(in_features, out_features, bias=True, n_power_iterations=1, eps=1e-12, dim=0):
    return torch.nn.utils.parametrizations.spectral_norm(torch.nn.Linear(in_features, out_features, bias), 'weight', n_power_iterations, eps, dim)


# Of torch.nn.utils.parametrizations, called with the arguments of Linear and their own.
PARAMETRIZED = {f.__name__: f for f in (weight_norm, spectral_norm) if hasattr(torch.nn.utils.parametrizations, f.__name__)}

# Module: constructor arguments and the shape of the input (None: a tensor of indices).
MODULES = {
    'Identity': [((), {}, (3, 4))],
    'Flatten': [((), {}, (2, 3, 4)), ((0,), {}, (2, 3)), ((), dict(start_dim=1, end_dim=2), (2, 3, 2, 2)), ((-2, -1), {}, (2, 3, 4))],
    'Unflatten': [((1, (2, 3)), {}, (4, 6)), ((-1, (2, -1)), {}, (3, 4)), ((0, (2, 2)), {}, (4, 3))],
    'Dropout': [((), {}, (3, 5)), ((0.2,), {}, (4, 6)), ((0.0,), {}, (3,)), ((1.0,), {}, (2, 3)), ((), dict(p=0.75), (5, 5))],
    'AlphaDropout': [((), {}, (3, 5)), ((0.2,), {}, (4, 6)), ((), dict(p=0.75), (5, 5))],
    'FeatureAlphaDropout': [((), {}, (3, 5, 2)), ((0.2,), {}, (4, 6))],
    'LayerNorm': [(((3, 4),), {}, (2, 3, 4)), ((4,), dict(eps=0.1, elementwise_affine=False), (5, 4)), (((3, 4),), dict(bias=False), (2, 3, 4))],
    'RMSNorm': [(((3, 4),), dict(eps=0.1, elementwise_affine=False), (2, 3, 4))],
    'InstanceNorm1d': [((3,), dict(track_running_stats=True, affine=True), (2, 3, 4)), ((3,), dict(track_running_stats=True, momentum=None), (3, 4))],
    'Hardsigmoid': [((), {}, (4, 5)), ((), {}, ())],
    'RReLU': [((), {}, (4, 5)), ((0.1, 0.9), {}, (3, 4))],
    'weight_norm': [((5, 3), {}, (4, 5)), ((4, 2), dict(bias=False, dim=None), (2, 3, 4)), ((5, 3), dict(dim=1), (4, 5)), ((4, 6), dict(dim=-1), (3, 4))],
    'spectral_norm': [((5, 3), {}, (4, 5)), ((4, 6), dict(n_power_iterations=3, eps=1e-6), (2, 3, 4)), ((5, 3), dict(dim=1), (4, 5)), ((4, 4), dict(bias=False), (3, 4))],
}

# Initialiser: keyword arguments and the shape.
INITIALISERS = {
    'uniform_': [({}, (3, 5)), (dict(a=-2.0, b=0.5), (17,))],
    'normal_': [({}, (3, 5)), (dict(mean=1.0, std=0.25), (4, 8)), ({}, (16,))],
    'constant_': [(dict(val=0.3), (2, 3))],
    'ones_': [({}, (2, 3))],
    'zeros_': [({}, (2, 3))],
    'eye_': [({}, (3, 4))],
    'dirac_': [],
    'trunc_normal_': [({}, (4, 5)), (dict(mean=0.5, std=2.0, a=-1.0, b=1.5), (40,))],
    'xavier_uniform_': [({}, (3, 5)), (dict(gain=2.0), (4, 4, 3))],
    'xavier_normal_': [({}, (4, 5)), (dict(gain=0.5), (4, 4, 3))],
    'kaiming_uniform_': [({}, (3, 5)), (dict(a=5 ** 0.5), (3, 4)), (dict(mode='fan_out', nonlinearity='relu'), (3, 7)),
                         (dict(nonlinearity='tanh'), (3, 4)), (dict(nonlinearity='linear'), (3, 4))],
    'kaiming_normal_': [({}, (4, 5)), (dict(mode='fan_out', nonlinearity='relu'), (3, 7)), (dict(nonlinearity='selu'), (4, 4))],
    'orthogonal_': [({}, (3, 5)), (dict(gain=2.0), (5, 3))],
    'sparse_': [(dict(sparsity=0.4), (5, 4))],
}
INITIALISERS.pop('dirac_')  # of convolutions

# Initialiser: keyword arguments, shape, and the error.
WRONG_INITIALISERS = {
    'xavier_uniform_': [({}, (3,))],
    'xavier_normal_': [({}, ())],
    'kaiming_uniform_': [({}, (3,)), (dict(mode='fan'), (3, 4))],
    'kaiming_normal_': [({}, (5,))],
    'eye_': [({}, (3,))],
    'orthogonal_': [({}, (3,))],
    'sparse_': [(dict(sparsity=0.5), (3,))],
}


class Scheduler:
    """A scheduler of torch.optim.lr_scheduler with its arguments; those may hold schedulers in their turn."""

    def __init__(self, name, **arguments):
        self.name = name
        self.arguments = arguments

    def build(self, optimizer):
        def built(value):
            if isinstance(value, Scheduler):
                return value.build(optimizer)
            if isinstance(value, Function):
                return FUNCTIONS[value.name]
            if isinstance(value, list):
                return [built(v) for v in value]
            return value
        arguments = {k: built(v) for k, v in self.arguments.items()}
        cls = getattr(torch.optim.lr_scheduler, self.name)
        if self.name == 'ChainedScheduler':
            return cls(arguments.pop('schedulers'), **arguments)
        return cls(optimizer, **arguments)


class Function:
    """A function of the epoch, by name."""

    def __init__(self, name):
        self.name = name


FUNCTIONS = {
    '0.95 ** epoch': lambda epoch: 0.95 ** epoch,
    '1 / (1 + epoch)': lambda epoch: 1 / (1 + epoch),
    '0.97': lambda epoch: 0.97,
    'x / 2 + 0.25': lambda x: x / 2 + 0.25,
}

SCHEDULERS = [
    Scheduler('LambdaLR', lr_lambda=Function('0.95 ** epoch')),
    Scheduler('LambdaLR', lr_lambda=Function('1 / (1 + epoch)')),
    Scheduler('MultiplicativeLR', lr_lambda=Function('0.97')),
    Scheduler('StepLR', step_size=30),
    Scheduler('StepLR', step_size=7, gamma=0.9),
    Scheduler('MultiStepLR', milestones=[30, 80]),
    Scheduler('MultiStepLR', milestones=[10, 10, 50], gamma=0.5),
    Scheduler('ConstantLR'),
    Scheduler('ConstantLR', factor=0.5, total_iters=40),
    Scheduler('LinearLR'),
    Scheduler('LinearLR', start_factor=0.1, end_factor=0.9, total_iters=60),
    Scheduler('ExponentialLR', gamma=0.97),
    Scheduler('PolynomialLR'),
    Scheduler('PolynomialLR', total_iters=150, power=2.0),
    Scheduler('CosineAnnealingLR', T_max=50),
    Scheduler('CosineAnnealingLR', T_max=200, eta_min=0.01),
    Scheduler('CosineAnnealingWarmRestarts', T_0=30),
    Scheduler('CosineAnnealingWarmRestarts', T_0=10, T_mult=2, eta_min=0.001),
    Scheduler('CyclicLR', base_lr=0.001, max_lr=0.1, step_size_up=20),
    Scheduler('CyclicLR', base_lr=0.01, max_lr=0.2, step_size_up=15, step_size_down=25, mode='triangular2'),
    Scheduler('CyclicLR', base_lr=0.01, max_lr=0.2, step_size_up=15, mode='exp_range', gamma=0.99),
    Scheduler('CyclicLR', base_lr=0.01, max_lr=0.2, step_size_up=15, cycle_momentum=False),
    Scheduler('OneCycleLR', max_lr=0.5, total_steps=201),
    Scheduler('OneCycleLR', max_lr=0.5, epochs=21, steps_per_epoch=10, pct_start=0.1, anneal_strategy='linear'),
    Scheduler('OneCycleLR', max_lr=0.5, total_steps=201, three_phase=True, div_factor=10.0, final_div_factor=100.0),
    Scheduler('OneCycleLR', max_lr=0.5, total_steps=201, cycle_momentum=False),
    Scheduler('ReduceLROnPlateau'),
    Scheduler('ReduceLROnPlateau', mode='max', factor=0.5, patience=3, cooldown=2, min_lr=0.001),
    Scheduler('ReduceLROnPlateau', factor=0.5, patience=2, threshold=0.01, threshold_mode='abs', eps=1e-3),
    Scheduler('SequentialLR', schedulers=[Scheduler('LinearLR', start_factor=0.1, total_iters=20), Scheduler('ExponentialLR', gamma=0.98)], milestones=[20]),
    Scheduler('SequentialLR', schedulers=[Scheduler('ConstantLR', factor=0.1, total_iters=10), Scheduler('CosineAnnealingLR', T_max=60), Scheduler('StepLR', step_size=5)], milestones=[10, 70]),
    Scheduler('ChainedScheduler', schedulers=[Scheduler('ConstantLR', factor=0.1, total_iters=20), Scheduler('ExponentialLR', gamma=0.97)]),
]

# Name and arguments that PyTorch refuses.
WRONG_SCHEDULERS = [
    Scheduler('ConstantLR', factor=1.5),
    Scheduler('LinearLR', start_factor=0.0),
    Scheduler('LinearLR', end_factor=1.5),
    Scheduler('CosineAnnealingWarmRestarts', T_0=0),
    Scheduler('CosineAnnealingWarmRestarts', T_0=5, T_mult=0),
    Scheduler('CyclicLR', base_lr=0.1, max_lr=0.2, mode='square'),
    Scheduler('OneCycleLR', max_lr=0.1),
    Scheduler('OneCycleLR', max_lr=0.1, total_steps=-3),
    Scheduler('OneCycleLR', max_lr=0.1, total_steps=30, pct_start=1.5),
    Scheduler('OneCycleLR', max_lr=0.1, total_steps=30, anneal_strategy='step'),
    Scheduler('ReduceLROnPlateau', factor=1.0),
    Scheduler('ReduceLROnPlateau', mode='middle'),
    Scheduler('ReduceLROnPlateau', threshold_mode='none'),
    Scheduler('SequentialLR', schedulers=[Scheduler('StepLR', step_size=5)], milestones=[10]),
]
