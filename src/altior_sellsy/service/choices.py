"""The names that really exist on both sides, for the prefilled form: it removes most typing errors."""

from altior_sellsy.request.lists import Choices
from altior_sellsy.request.mapping import Section
from altior_sellsy.service.runtime import Runtime


def choices(runtime: Runtime) -> Choices:
    """Reads only: pipelines and their steps in order, établissements, the seven lists of Altior."""
    pipelines = {
        pipeline.name: [step.name for step in runtime.sellsy.steps(pipeline.id) if step.name]
        for pipeline in runtime.sellsy.pipelines()
        if pipeline.name
    }
    return Choices(
        pipelines=pipelines,
        establishments=[establishment.name for establishment in runtime.altior.establishments()],
        values={section: [v.title for v in runtime.altior.list_values(section.value)] for section in Section},
    )
