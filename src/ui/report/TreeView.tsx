import type { EvidenceTree } from '../../forensics/report';
import { Glyph } from '../icons';
import { Words } from '../Words';

/** Branches open at first down to this level. */
const OPEN_LEVELS = 2;

/** Facts that hang together, as nested lists whose branches fold. Every value is a stranger's: text nodes only. */
export function TreeView({ tree }: { tree: EvidenceTree }) {
  return (
    <ul class="tree">
      <Branch tree={tree} level={0} />
    </ul>
  );
}

function Branch({ tree, level }: { tree: EvidenceTree; level: number }) {
  if (tree.children.length === 0) {
    return (
      <li class="tree-leaf">
        <Line tree={tree} />
      </li>
    );
  }
  return (
    <li>
      <details class="choice" open={level < OPEN_LEVELS}>
        <summary>
          <Glyph name="chevron" size={12} />
          <span>
            <Line tree={tree} />
          </span>
        </summary>
        <ul>
          {tree.children.map((child, index) => (
            <Branch key={index} tree={child} level={level + 1} />
          ))}
        </ul>
      </details>
    </li>
  );
}

function Line({ tree }: { tree: EvidenceTree }) {
  return (
    <>
      <span class="tree-label">
        <Words text={tree.label} />
      </span>
      {tree.value && (
        <>
          {': '}
          <span class="tree-value">
            <Words text={tree.value} />
          </span>
        </>
      )}
    </>
  );
}
