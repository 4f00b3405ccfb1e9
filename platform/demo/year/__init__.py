"""A year of the demo's past, told through the product's own operations at a travelled clock.

`plan` decides with one seed who does what and when (pure); `stories` say how each thing goes;
`market` and `desk` are the hands: they call what the API, the webhooks and the schedules call.
Nothing here writes a row of the product past its operations.
"""
