import type { Text } from '../forensics/text';
import { Words } from './Words';

/** Names and values in two columns, as a description list. */
export function FactRows({ rows }: { rows: readonly { readonly name: Text; readonly value: Text }[] }) {
  return (
    <dl class="ran">
      {rows.map((row) => (
        <div key={JSON.stringify(row)}>
          <dt>
            <Words text={row.name} />
          </dt>
          <dd>
            <Words text={row.value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
