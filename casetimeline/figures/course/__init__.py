"""The parts of the course of a case: lanes of treatments, findings and events, graphs, and the words beside them."""
