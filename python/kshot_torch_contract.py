"""What a model of the user's must keep to, tried on a few prefixes before anything is computed, and on real ones later."""

from kshot_torch_refusal import Refusal

# Of the first task of a call, and so many of its rows: what looks at other rows seldom does so in none of these.
real_rows = 4
by_itself = (
    "forward is to score each row by itself: nothing over the rows of a batch and nothing kept from earlier ones,"
    " LayerNorm or GroupNorm over the features in the place of BatchNorm"
)


def check_module(model, device, second_order):
    torch = model.torch
    values = {name: value.detach() for name, value in model.module.named_parameters()}
    prefixes = (torch.arange(12, device=device).view(3, 4) * 7 + 1) % model.items
    lengths = torch.tensor([4, 1, 2], device=device)
    prefixes[torch.arange(4, device=device) >= lengths[:, None]] = model.items
    check_buffers(model, values, prefixes, lengths)
    check_evaluation(model, values, prefixes, lengths)
    check_rows(model, values, device)
    check_derivatives(model, values, prefixes, lengths, second_order)
    model.batched = check_batches(model, values, prefixes, lengths)


def same_scores(one, other):
    """Whether scores [rows, items] are the same but for rounding; what is not finite is told elsewhere.

    A batch of another size or width has its sums added in another order, which changes float32 by some 1e-6 of the terms,
    and the terms are about as large as most scores of the row. A thousandth is far above that, and far below what another
    row's items do.
    """
    size = other.abs()
    near = (one - other).abs() <= 1e-4 + 1e-3 * size.maximum(size.median(1, keepdim=True).values)
    return bool((near | ~one.isfinite() | ~other.isfinite()).all())


def check_buffers(model, values, prefixes, lengths):
    before = {name: value.clone() for name, value in model.module.named_buffers()}
    model.train(0)
    model.forward(values, prefixes, lengths)
    for name, value in model.module.named_buffers():
        if not model.torch.equal(value, before[name]):
            raise model.at_forward(
                f"the buffer {name} changes while it trains, as those of BatchNorm do, and kshot keeps parameters"
                " alone; use LayerNorm, or GroupNorm over the features"
            )


def check_evaluation(model, values, prefixes, lengths):
    torch = model.torch
    model.train(None)
    with torch.no_grad():
        torch.manual_seed(1)
        first = model.forward(values, prefixes, lengths)
        torch.manual_seed(2)
        second = model.forward(values, prefixes, lengths)
        longer = torch.nn.functional.pad(prefixes, (0, 3), value=model.items)
        padded = model.forward(values, longer, lengths)
    if not bool(first.isfinite().all()):
        raise model.at_forward("a score is NaN or infinite with the initial parameters")
    if not torch.equal(first, second):
        raise model.at_forward(
            "the scores differ from one evaluation to the next: dropout is on in evaluation;"
            " use nn.Dropout, or F.dropout(x, p, self.training)"
        )
    if not same_scores(first, padded):
        raise model.at_forward(
            f"the scores of a prefix change with how much padding follows it; mask what is {model.items}"
            " (the id `items`), and take the position lengths - 1"
        )


def check_rows(model, values, device):
    """Whether a row is scored by itself: a later query's prefix has the answers to earlier ones in it."""
    torch = model.torch
    # Prefixes of one session, which continue one another, and of a second one, the shortest first.
    starts, lengths = torch.tensor([[0, 5, 0, 5, 0, 0], [1, 1, 2, 2, 3, 4]], device=device)
    places = torch.arange(4, device=device)
    prefixes = (starts[:, None] + places) % model.items
    prefixes[places >= lengths[:, None]] = model.items
    # Initial values hide what goes through a layer that starts at 0.
    drawn = torch.Generator().manual_seed(0)
    moved = {
        name: value + 0.05 * torch.randn(value.shape, generator=drawn).to(value) for name, value in values.items()
    }
    with torch.no_grad():
        for own in (values, moved):
            check_among_others(model, own, prefixes, lengths, None)
            check_among_others(model, own, prefixes, lengths, 0)
            check_alone(model, own, prefixes, lengths)


def check_among_others(model, values, prefixes, lengths, seed):
    """By other items in all other rows, of the same lengths: dropout draws the same for a batch of the same form."""

    def scores(batch):
        model.train(seed)
        return model.forward(values, batch, lengths)

    others = (prefixes + 1) % model.items
    others[prefixes == model.items] = model.items
    found = []
    for row in range(len(prefixes)):
        batch = others.clone()
        batch[row] = prefixes[row]
        found.append(scores(batch)[row])
    # Last, so that it can be told from what a module remembers of it.
    if not same_scores(model.torch.stack(found), scores(prefixes)):
        when = "" if seed is None else " in training"
        raise model.at_forward(f"the scores of a prefix change with the other rows of its batch{when}; {by_itself}")


def check_alone(model, values, prefixes, lengths):
    model.train(None)
    alone = model.torch.cat([model.forward(values, *row) for row in rows_alone(prefixes, lengths)])
    if not same_scores(alone, model.forward(values, prefixes, lengths)):
        raise model.at_forward(f"the scores of a prefix alone are others than in a batch; {by_itself}")


def check_real_rows(model, values, pairs, scores):
    """The first rows of the first task again, each alone: of real prefixes, with parameters that have learned."""
    own = {name: value[0] for name, value in values.items()}
    rows = rows_alone(pairs["prefixes"][0, :real_rows], pairs["lengths"][0, :real_rows])
    alone = model.torch.cat([model.forward(own, *row) for row in rows])
    if not same_scores(alone, scores[0, :real_rows]):
        raise model.at_forward(f"the scores of a query change with the other queries of its episode; {by_itself}")


def rows_alone(prefixes, lengths):
    return zip(prefixes.split(1), lengths.split(1))


def check_derivatives(model, values, prefixes, lengths, second_order):
    torch = model.torch
    model.train(None)
    leaves = {name: value.clone().requires_grad_() for name, value in values.items()}
    loss = model.forward(leaves, prefixes, lengths).log_softmax(1)[:, 0].mean()
    if not loss.requires_grad:
        raise model.at_forward(
            "the scores come from no parameter by way of derivatives: forward detaches them, computes them under"
            " torch.no_grad(), or makes another tensor of their values"
        )
    gradients = torch.autograd.grad(loss, list(leaves.values()), create_graph=second_order, allow_unused=True)
    for name, gradient in zip(leaves, gradients):
        if gradient is None:
            raise model.at_forward(
                f"the parameter {name} gets no gradient: the scores do not depend on it; leave it out,"
                " or register it as a buffer"
            )
        if not bool(gradient.isfinite().all()):
            raise model.at_forward(f"the gradient of the parameter {name} is NaN or infinite")
    if second_order:
        size = sum((gradient * gradient).sum() for gradient in gradients)
        try:
            # To all that it comes from: what cannot be differentiated twice is no way to the parameters.
            size.backward()
        except RuntimeError as error:
            message = str(error).split("\n", 1)[0]
            raise model.at_forward(
                f"an operation has no second derivative: {message}; write it in others, or set second_order: false"
            ) from None


def check_batches(model, values, prefixes, lengths):
    """Whether tasks can be computed together."""
    torch = model.torch
    pairs = {"prefixes": prefixes.expand(2, -1, -1), "lengths": lengths.expand(2, -1)}
    twice = {name: value.expand(2, *value.shape).detach().requires_grad_() for name, value in values.items()}
    alone = model.scores(twice, pairs, None)
    model.batched = True
    try:
        together = model.scores(twice, pairs, None)
        one, other = (
            torch.autograd.grad(scores.square().sum(), list(twice.values())) for scores in (alone, together)
        )
    except Exception as error:  # noqa: BLE001 - whatever stands in the way of vmap, the loop does without
        return one_after_the_other(model, "cannot take them: " + str(error).split("\n", 1)[0])
    if all(torch.allclose(a, b, rtol=1e-3, atol=1e-4) for a, b in zip(one, other)):
        return True
    return one_after_the_other(model, "gives other gradients, as where what padding_idx embeds is not masked")


def one_after_the_other(model, why):
    print(f"{model.file}: tasks are computed one after the other, because vmap {why}", flush=True)
    return False
