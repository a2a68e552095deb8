"""The floor: a Streamlit page of one button and one line of text."""

import streamlit as st

st.button("click", key="b")
st.session_state["n"] = st.session_state.get("n", 0) + 1
st.html(f'<p id="done" data-n="{st.session_state["n"]}">bare</p>')
