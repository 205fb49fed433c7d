import { type ImportedBlueprint, limits, overlayKinds } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, FileDown, Hammer } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { overlaysQuery } from '../api/queries.ts'
import { refreshBlueprints } from '../api/settings-queries.ts'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { KindBadge, useMayBringCode } from '../overlays/overlay-look.tsx'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Badge, Tag } from '../ui/badge.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { DropZone } from '../ui/drop-zone.tsx'
import { Form, TextArea } from '../ui/field.tsx'
import { Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { Line, LineList } from '../ui/list.tsx'
import { Notice } from '../ui/notice.tsx'
import { Link, Text } from '../ui/text.tsx'
import { type BlueprintPreview, readPreview } from './read-preview.ts'

const text = messages.importBlueprint

export function ImportBlueprintPage() {
  const queries = useQueryClient()
  const [typed, setTyped] = useState('')
  const preview = readPreview(typed)
  const bring = useMutation({
    mutationFn: () => call('importBlueprint', { body: { text: typed } }),
    onSuccess: async () => {
      await refreshBlueprints(queries)
      await queries.invalidateQueries({ queryKey: overlaysQuery.queryKey })
    },
  })
  return (
    <Page
      title={text.title}
      width="reading"
      above={
        <Link to="/blueprints" plain>
          ← {messages.blueprints.toBlueprints}
        </Link>
      }
    >
      {bring.data ? (
        <Outcome imported={bring.data} />
      ) : (
        <Form onSubmit={() => typed.trim() !== '' && !bring.isPending && bring.mutate()}>
          <Text tone="neutral">{text.about}</Text>
          <DropZone
            label={text.file}
            hint={text.fileHint}
            onFiles={([file]) => {
              bring.reset()
              // A file that is too long isn't one, and would only freeze the page.
              void file
                ?.slice(0, limits.blueprintText + 1)
                .text()
                .then(setTyped)
            }}
          />
          <TextArea
            label={text.text}
            value={typed}
            onChange={next => {
              bring.reset()
              setTyped(next)
            }}
            rows={6}
          />
          {typed.trim() !== '' && preview === null && <Notice tone="attention">{text.notOne}</Notice>}
          {preview && <Preview preview={preview} />}
          <ProblemNotice error={bring.error} />
          <Row>
            <Button
              type="submit"
              kind="primary"
              icon={FileDown}
              busy={bring.isPending}
              disabledReason={typed.trim() === '' ? messages.forms.required : null}
            >
              {text.action}
            </Button>
          </Row>
        </Form>
      )}
    </Page>
  )
}

function Preview({ preview }: { preview: BlueprintPreview }) {
  const mayBringCode = useMayBringCode()
  return (
    <Panel title={preview.name} about={preview.description || text.contains} flush>
      <LineList label={text.contains}>
        {preview.overlays.map(({ name, kind, hollow }, index) => {
          const known = overlayKinds.find(each => each === kind)
          return (
            <Line key={index}>
              <Row>
                <Text>{name}</Text>
                {known && <KindBadge kind={known} />}
                {hollow && <Tag>{known === 'upload' ? text.cantBring : text.hidden}</Tag>}
                {!hollow && known === 'script' && !mayBringCode && <Tag>{text.needsCode}</Tag>}
              </Row>
            </Line>
          )
        })}
        <Line>
          <Text tone="neutral">
            {text.lines(preview.lines)}, {text.arguments(preview.arguments)}. {text.reused}
          </Text>
        </Line>
      </LineList>
    </Panel>
  )
}

function Outcome({ imported }: { imported: ImportedBlueprint }) {
  const { blueprint, overlays, notes } = imported
  return (
    <Stack gap={4}>
      <Notice
        tone="good"
        title={text.done(blueprint.name)}
        actions={
          <LinkButton
            to="/blueprints/$blueprintId"
            params={{ blueprintId: blueprint.id }}
            kind="primary"
            small
          >
            {text.open}
          </LinkButton>
        }
      />
      {notes.length > 0 && (
        <Notice tone="attention" title={text.notes}>
          <Stack gap={1}>
            {notes.map(note => (
              <Text key={note} block>
                {note}
              </Text>
            ))}
          </Stack>
        </Notice>
      )}
      {overlays.length > 0 && (
        <Panel title={messages.overlays.title} flush>
          <LineList label={messages.overlays.title}>
            {overlays.map(overlay => (
              <Line key={overlay.id}>
                <Row spread>
                  <Link to="/overlays/$overlayId" params={{ overlayId: overlay.id }}>
                    {overlay.name}
                  </Link>
                  {overlay.made ? (
                    <Build id={overlay.id} name={overlay.name} />
                  ) : (
                    <Badge tone="neutral" icon={CircleCheck}>
                      {text.used}
                    </Badge>
                  )}
                </Row>
              </Line>
            ))}
          </LineList>
        </Panel>
      )}
    </Stack>
  )
}

function Build({ id, name }: { id: number; name: string }) {
  const build = useStartJob('buildOverlay')
  if (build.data) {
    return (
      <Link to="/jobs/$jobId" params={{ jobId: build.data.id }}>
        {messages.actions.showJob}
      </Link>
    )
  }
  return (
    <Row>
      <Badge tone="attention" icon={CircleDashed}>
        {text.made}
      </Badge>
      <ProblemNotice error={build.error} />
      <Button
        small
        icon={Hammer}
        label={text.buildNamed(name)}
        busy={build.isPending}
        onClick={() => build.mutate({ params: { id } })}
      >
        {text.build}
      </Button>
    </Row>
  )
}
