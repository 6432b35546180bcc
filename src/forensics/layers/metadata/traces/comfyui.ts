import { isObject, type JsonObject, parseObject, textMember } from '../json';
import { MAX_GRAPH_NODES } from '../limits';
import { exifText, type MetadataView, type Placed, settingsTexts, textOf, whereText } from '../view';
import type { TraceDetector } from './trace';

/** Inputs of loader nodes that name the model. */
const MODEL_INPUTS = ['ckpt_name', 'unet_name', 'model_name', 'checkpoint'];

/**
 * ComfyUI: PNG texts `prompt` (graph to run: id -> class_type, inputs) and `workflow` (graph as
 * drawn: nodes, links). In WebP the same stand in EXIF Make, Model and ImageDescription behind
 * `prompt:` and `workflow:`. Only a well-formed graph counts.
 */
export const comfyui: TraceDetector = {
  id: 'comfyui',
  find(view) {
    for (const { text, where } of candidates(view)) {
      const json = parseObject(text);
      if (json === null) continue;
      const model = promptModel(json) ?? workflowModel(json);
      if (model === null) continue;
      return { kind: 'generated', generator: 'ComfyUI', where, weight: 2, ...(model ? { model } : {}) };
    }
    return null;
  },
};

function candidates(view: MetadataView): Placed[] {
  const placed: Placed[] = [];
  for (const keyword of ['prompt', 'workflow']) {
    const entry = textOf(view, keyword);
    if (entry) placed.push({ text: entry.text, where: whereText(entry) });
  }
  for (const tag of ['Model', 'Make', 'ImageDescription']) {
    const body = /^(?:prompt|workflow):\s*(\{[\s\S]*)$/i.exec(exifText(view, tag) ?? '')?.[1];
    if (body) placed.push({ text: body, where: `EXIF ${tag}` });
  }
  // Save nodes of the community put both graphs into one comment.
  for (const { text, where } of settingsTexts(view, 'comment')) {
    const json = parseObject(text);
    for (const name of ['prompt', 'workflow']) {
      const inner = json?.[name];
      if (isObject(inner)) placed.push({ text: JSON.stringify(inner), where });
    }
  }
  return placed;
}

/** The model's file name, '' for a graph that names none, or null where this is no executable graph. */
function promptModel(graph: JsonObject): string | null {
  const nodes = Object.values(graph).slice(0, MAX_GRAPH_NODES);
  if (nodes.length === 0) return null;
  let model = '';
  for (const node of nodes) {
    if (!isObject(node) || textMember(node, 'class_type') === null || !isObject(node.inputs)) return null;
    for (const input of MODEL_INPUTS) model ||= textMember(node.inputs, input) ?? '';
  }
  return model;
}

/** Likewise for the drawn graph, whose loaders hold their file name among the widget values. */
function workflowModel(graph: JsonObject): string | null {
  if (!Array.isArray(graph.nodes) || graph.nodes.length === 0 || !Array.isArray(graph.links)) return null;
  let model = '';
  for (const node of graph.nodes.slice(0, MAX_GRAPH_NODES)) {
    if (!isObject(node) || textMember(node, 'type') === null) return null;
    const values: readonly unknown[] = Array.isArray(node.widgets_values) ? node.widgets_values : [];
    const file = values.find(
      (value) => typeof value === 'string' && /\.(safetensors|ckpt|gguf|sft)$/i.test(value),
    );
    if (/Loader/.test(String(node.type)) && typeof file === 'string') model ||= file;
  }
  return model;
}
