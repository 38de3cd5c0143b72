import type { Facts, InputPort, OutputPort } from '../kind.js';
/** The parameters of `eval.zero_shot` that every baseline has, too. */
export declare const maxEpisodes: {
    readonly description: 'Evaluates only the first so many episodes, by episode id; without it, all.';
    readonly type: 'integer';
    readonly minimum: 1;
};
/** What a baseline counts or compares with. */
export declare const trainPort: InputPort;
/** As `eval.zero_shot` has it. */
export declare const episodesPort: InputPort;
/** As `eval.zero_shot` has them. */
export declare const evaluationPorts: {
    readonly [port: string]: OutputPort;
};
/** What is known of the ranks of every evaluation. */
export declare function evaluationFacts(): {
    readonly [port: string]: Facts;
};
