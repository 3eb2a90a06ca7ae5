import { useState } from 'react';
import { Choice } from '../../form/choice.tsx';
import { Field } from '../../form/field.tsx';
import { fieldFault } from '../../form/field-fault.ts';
import { textIn, useSubmit } from '../../form/use-submit.ts';
import { useAnnounce } from '../../layout/notices.tsx';
import { FormDialog } from '../../profile/form-dialog.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { DocumentView, LibraryDocument } from './document-types.ts';

const words = strings.documents;
const FIELDS = ['title', 'author', 'dynasty', 'category'];

interface NamesDialogProps {
  document: LibraryDocument;
  onShown(view: DocumentView): void;
  onClose(): void;
}

/** How a document is called and shelved. */
export function NamesDialog({ document, onShown, onClose }: NamesDialogProps) {
  const { client } = useServices();
  const announce = useAnnounce();
  const [form, setForm] = useState<string>(document.form ?? '');
  const submitting = useSubmit(async (data) => {
    if (textIn(data, 'title') === '') throw fieldFault('title', words.nameFault);
    const wanted = {
      title: textIn(data, 'title'),
      author: textIn(data, 'author') || null,
      dynasty: textIn(data, 'dynasty') || null,
      category: textIn(data, 'category') || document.category,
      form: form || null,
    };
    const body = Object.fromEntries(
      Object.entries(wanted).filter(([key, value]) => value !== document[key as 'title']),
    );
    if (Object.keys(body).length > 0) {
      const path = `/api/admin/documents/${document.id}`;
      onShown(await client.call<DocumentView>(path, { method: 'PATCH', body }));
      announce(words.saved);
    }
    onClose();
  });
  const text = (name: 'title' | 'author' | 'dynasty' | 'category', maxLength: number) => ({
    ...{ name, maxLength, label: name === 'title' ? words.name : words[name] },
    ...{ error: submitting.error, type: 'text' as const, autoComplete: 'off' },
    defaultValue: document[name] ?? '',
    required: name === 'title',
  });
  return (
    <FormDialog
      {...{ title: words.editTitle, submit: words.save, submitting, onClose }}
      lead={document.status === 'published' ? words.editLead : words.editReads}
      fields={FIELDS}
    >
      <Field {...text('title', 100)} first />
      <div className="field-pair">
        <Field {...text('author', 100)} placeholder={words.optional} />
        <Field {...text('dynasty', 40)} placeholder={words.optional} />
      </div>
      <div className="field-pair">
        <Field {...text('category', 40)} />
        <Choice
          label={words.form}
          value={form}
          options={{ '': words.formAuto, ...words.forms }}
          onChoose={setForm}
        />
      </div>
    </FormDialog>
  );
}
