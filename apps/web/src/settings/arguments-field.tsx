import { useQuery } from '@tanstack/react-query'
import { cvarsQuery, launchArgumentsQuery } from '../api/settings-queries.ts'
import { messages } from '../messages/messages.ts'
import { readArguments } from '../server/read-settings.ts'
import { CompactSelect } from '../ui/choices.tsx'
import { TextArea } from '../ui/field.tsx'
import { Row, Stack } from '../ui/layout.tsx'
import { Remarks } from '../ui/remarks.tsx'
import { argumentHints } from './argument-hints.ts'

const text = messages.argumentHints

interface ArgumentsFieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: string
  error?: string | undefined
}

/** Launch arguments, with what each means, and a list of those that there are. */
export function ArgumentsField({ value, onChange, ...props }: ArgumentsFieldProps) {
  const { data: known = [] } = useQuery(launchArgumentsQuery)
  const { data: cvars } = useQuery(cvarsQuery)
  const words = readArguments(value)
  const hints = cvars && known.length > 0 ? argumentHints(words, known, cvars) : []
  return (
    <Stack gap={2}>
      <TextArea {...props} value={value} onChange={onChange} rows={2} />
      <Remarks
        label={text.title}
        items={hints.map(hint => ({ where: hint.words.join(' '), tone: hint.tone, text: hint.text }))}
      />
      {known.length > 0 && (
        <Row>
          <CompactSelect
            label={text.add}
            value=""
            onChange={name => onChange(`${value.trimEnd()}${value.trim() === '' ? '' : ' '}${name} `)}
            choices={[
              { value: '', label: text.add },
              ...known
                .filter(argument => !argument.reserved && !words.includes(argument.name))
                .map(({ name, value: follows }) => ({
                  value: name,
                  label: follows === null ? name : `${name} ${follows}`,
                })),
            ]}
          />
        </Row>
      )}
    </Stack>
  )
}
