import type { InstanceSpecification, LayerReference } from '../host.ts'
import { idOf, integerOf, listOf, objectOf, textOf } from '../json-value.ts'

/** The kernel stacks at most 500 lower layers (OVL_MAX_STACK), the installation is one. */
const layerLimit = 499

export function parseSpecification(value: unknown): InstanceSpecification {
  const specification = objectOf(value, 'specification')
  const installation = specification['installation']
  return {
    instanceId: idOf(specification['instanceId'], 'instanceId'),
    port: integerOf(specification['port'], 'port', 1024, 65535),
    arguments: listOf(specification['arguments'], 'arguments', 256, argumentOf),
    layers: listOf(specification['layers'], 'layers', layerLimit, layerOf),
    ...(installation === undefined ? {} : { installation: idOf(installation, 'installation') }),
  }
}

/** The stage script passes arguments on as lines, hence no line break; the rest of control characters has no use there. */
function argumentOf(value: unknown, what: string): string {
  const text = textOf(value, what, 1024)
  if (text === '' || /[\u0000-\u001f\u007f]/.test(text))
    return textOf(null, `${what}, without control characters,`, 1024)
  return text
}

function layerOf(value: unknown, what: string): LayerReference {
  const layer = objectOf(value, what)
  return {
    overlayId: idOf(layer['overlayId'], `${what}.overlayId`),
    revision: idOf(layer['revision'], `${what}.revision`),
  }
}
