import { type Blueprint, limits, type NewBlueprint } from '@left4me/contract'
import type { ReactNode } from 'react'
import { isProblem } from '../api/problem-error.ts'
import { messages } from '../messages/messages.ts'
import { joinErrors, nameError, readArguments, readLines } from '../server/read-settings.ts'
import { ArgumentsField } from '../settings/arguments-field.tsx'
import { ConfigEditor } from '../settings/config-editor.tsx'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Checkbox } from '../ui/choices.tsx'
import { Form, TextField } from '../ui/field.tsx'
import { MainAndAside, Panel, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { LayerStack } from './layer-stack.tsx'

const text = messages.blueprint
const fields = ['name', 'description', 'shared', 'arguments', 'config', 'overlayIds'] as const

/** A blueprint as it is typed. */
export interface TypedBlueprint {
  readonly name: string
  readonly description: string
  readonly shared: boolean
  readonly overlayIds: readonly number[]
  readonly arguments: string
  readonly config: string
}

export const emptyBlueprint: TypedBlueprint = {
  name: '',
  description: '',
  shared: false,
  overlayIds: [],
  arguments: '',
  config: '',
}

export const typedOf = (blueprint: Blueprint): TypedBlueprint => ({
  name: blueprint.name,
  description: blueprint.description,
  shared: blueprint.shared,
  overlayIds: blueprint.overlayIds,
  arguments: blueprint.arguments.join(' '),
  config: blueprint.config.join('\n'),
})

export const readBlueprint = (typed: TypedBlueprint): Required<NewBlueprint> => ({
  name: typed.name.trim(),
  description: typed.description.trim(),
  shared: typed.shared,
  overlayIds: [...typed.overlayIds],
  arguments: readArguments(typed.arguments),
  config: readLines(typed.config),
})

export const blueprintNameError = (typed: TypedBlueprint) => nameError(typed.name, limits.blueprintName)

interface BlueprintFormProps {
  typed: TypedBlueprint
  onChange: (change: Partial<TypedBlueprint>) => void
  onSubmit: () => void
  /** What the last attempt to save was answered. */
  error: Error | null
  /** Show what the name lacks already. */
  checked: boolean
  readOnly?: boolean
  /** The buttons. */
  children: ReactNode
  aside?: ReactNode
}

export function BlueprintForm(props: BlueprintFormProps) {
  const { typed, onChange, error, readOnly = false } = props
  const problem = isProblem(error) ? error : null
  const errors = joinErrors(
    { name: props.checked ? blueprintNameError(typed) : undefined },
    problem?.fieldErrors(fields) ?? {},
  )
  return (
    <MainAndAside
      main={
        <Form onSubmit={props.onSubmit}>
          <Panel title={text.general}>
            <Stack gap={4}>
              <TextField
                label={text.name}
                value={typed.name}
                onChange={name => onChange({ name })}
                maxLength={limits.blueprintName}
                error={errors['name']}
                disabled={readOnly}
              />
              <TextField
                label={text.description}
                value={typed.description}
                onChange={description => onChange({ description })}
                hint={text.descriptionHint}
                maxLength={2000}
                error={errors['description']}
                disabled={readOnly}
                optional
              />
            </Stack>
          </Panel>
          <Panel title={text.layers} about={text.layersAbout} flush>
            <LayerStack
              label={text.layers}
              overlayIds={typed.overlayIds}
              {...(readOnly ? {} : { onChange: (overlayIds: number[]) => onChange({ overlayIds }) })}
              empty={text.noLayers}
            />
            {errors['overlayIds'] && (
              <Notice tone="broken" urgent>
                {errors['overlayIds']}
              </Notice>
            )}
          </Panel>
          <Panel title={text.config} about={text.configHint}>
            <ConfigEditor
              label={text.config}
              value={typed.config}
              {...(readOnly ? {} : { onChange: (config: string) => onChange({ config }) })}
              onSave={props.onSubmit}
              error={errors['config']}
              height="short"
            />
          </Panel>
          <Panel title={text.arguments}>
            <ArgumentsField
              label={text.arguments}
              value={typed.arguments}
              onChange={value => !readOnly && onChange({ arguments: value })}
              hint={text.argumentsHint}
              error={errors['arguments']}
            />
          </Panel>
          {problem?.otherErrors(fields).map(other => (
            <Notice key={other} tone="broken" urgent>
              {other}
            </Notice>
          ))}
          {error && Object.keys(errors).length === 0 && <ProblemNotice error={error} />}
          {props.children}
        </Form>
      }
      aside={
        <>
          <Panel title={text.sharing}>
            <Checkbox
              label={text.shared}
              hint={text.sharedHint}
              checked={typed.shared}
              onChange={shared => !readOnly && onChange({ shared })}
            />
          </Panel>
          {props.aside}
        </>
      }
    />
  )
}
